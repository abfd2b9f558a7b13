import Foundation
import Pipeline
import RankingServer
import TestSupport
import Testing

@Suite("The service's interface", .serialized) struct ServeContractTests {
    private func with(
        _ arguments: [String] = [], environment: [String: String] = [:],
        _ body: (ServiceProcess, ServiceClient) async throws -> Void
    ) async throws {
        let runs = try ServedRun.shared.get()
        let store = runs.folder.appending(path: "store-\(UUID().uuidString).sqlite")
        let service = try ServiceProcess(
            runs.first, store: "sqlite://\(store.path)", arguments, environment: environment)
        try await body(service, try ServiceClient(service.url, token: nil))
        #expect(service.end() == 0, "\(service.log.suffix(1000))")
    }

    private func json(_ data: Data) throws -> Any { try JSONSerialization.jsonObject(with: data) }

    @Test("every path of the interface answers as it says") func contract() async throws {
        try await with { _, client in
            let document = try #require(
                try json(try await client.call("GET", "/openapi.json").body) as? [String: Any])
            let paths = try #require(document["paths"] as? [String: [String: [String: Any]]])
            #expect(paths.count == 10)
            let users = try json(try await client.call("GET", "/v1/users").body) as? [String: [String]]
            let user = try #require(users?["users"]?.first)
            let versions = try json(try await client.call("GET", "/v1/versions").body) as? [String: Any]
            let version = try #require(versions?["active"] as? String)
            for (path, methods) in paths {
                for (method, operation) in methods {
                    let target = path.replacing("{id}", with: user).replacing("{v}", with: version)
                    let (body, fits) = try self.body(operation, path: path, user: user)
                    let answer = try await client.call(method.uppercased(), target, body)
                    try check(answer, operation, "\(method) \(path)")
                    if fits {
                        #expect((200..<300).contains(answer.status), "\(method) \(path): \(answer.status)")
                    }
                    if body != nil {
                        let wrong = try await client.call(
                            method.uppercased(), target, Data("{\"x\": 1}".utf8))
                        #expect(wrong.status == 422, "\(method) \(path)")
                        try check(wrong, operation, "\(method) \(path)")
                        #expect(((try json(wrong.body)) as? [String: Any])?["field"] != nil, "\(path)")
                    }
                }
            }
        }
    }

    /// The example of an operation with ids that this run has, and whether it has to be answered well.
    private func body(_ operation: [String: Any], path: String, user: String) throws -> (Data?, Bool) {
        guard let request = operation["requestBody"] as? [String: Any],
            let content = (request["content"] as? [String: [String: Any]])?["application/json"],
            var example = content["example"] as? [String: Any],
            let schema = content["schema"] as? [String: Any]
        else { return (nil, true) }
        #expect(JSONSchema(schema: schema).faults(example) == [], "\(path)")
        if example["user"] != nil { example["user"] = user }
        if example["item"] != nil { example["item"] = "i1" }
        if example["items"] != nil { example["items"] = ["i2", ["item": "i3", "bid": 0.25]] }
        #expect(JSONSchema(schema: schema).faults(example) == [], "\(path)")
        // The example names a run that is not there.
        return (try JSONSerialization.data(withJSONObject: example), path != "/v1/versions")
    }

    private func check(_ answer: ServiceClient.Answer, _ operation: [String: Any], _ name: String) throws {
        let responses = try #require(operation["responses"] as? [String: [String: Any]])
        let response = try #require(
            responses["\(answer.status)"], "\(name): \(answer.status) is not declared")
        let content = try #require(response["content"] as? [String: [String: Any]])
        for (type, media) in content where ["application/json", "application/problem+json"].contains(type) {
            let schema = try #require(media["schema"] as? [String: Any])
            let faults = JSONSchema(schema: schema).faults(try json(answer.body))
            #expect(faults == [], "\(name) \(answer.status): \(String(decoding: answer.body, as: UTF8.self))")
        }
    }

    @Test("what is too large, of another type or of no path is refused, and the service goes on")
    func limits() async throws {
        try await with(["--set", "serve.maximumBodyKiB=16", "--set", "serve.requestSeconds=1"]) {
            service, client in
            let large = Data(("{\"x\": \"" + String(repeating: "x", count: 20_000) + "\"}").utf8)
            #expect(try await client.call("POST", "/v1/rank", large).status == 413)
            #expect(try await client.call("GET", "/v1/nothing").status == 404)
            #expect(try await client.call("GET", "/v1/events?after=x").status == 422)
            #expect(try await client.call("GET", "/v1/users/nobody").status == 404)
            let unknown = Data(#"{"user":"u1","items":["i1","nothing"]}"#.utf8)
            let answer = try await client.call("POST", "/v1/rank", unknown)
            #expect(answer.status == 422 && String(decoding: answer.body, as: UTF8.self).contains("items[1]"))
            let text = try RawRequest(service.url).send(
                "POST /v1/rank HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nContent-Type: text/plain\r\n\r\n{}"
            )
            #expect(text.hasPrefix("HTTP/1.1 415"))
            // Half a body, and then nothing.
            let half = try RawRequest(service.url).send(
                "POST /v1/rank HTTP/1.1\r\nHost: x\r\nContent-Length: 20\r\nContent-Type: "
                    + "application/json\r\n\r\n{\"us"
            )
            #expect(half.isEmpty || half.hasPrefix("HTTP/1.1 408"), "\(half)")
            // Half a header, and then nothing: the connection is closed.
            #expect(try RawRequest(service.url).send("POST /v1/rank HTTP/1.1\r\nHo").isEmpty)
            #expect(try await client.call("GET", "/readyz").status == 200)
        }
    }

    @Test("a token is asked for where one is set, and needed beyond this machine") func token() async throws {
        let run = try ServedRun.shared.get().first
        let open = try Program.run(["serve", "--run", run.path, "--set", "serve.host=0.0.0.0"])
        #expect(open.status != 0 && open.errors.contains("TAIJI_TOKEN"))
        try await with(environment: ["TAIJI_TOKEN": "secret"]) { service, client in
            #expect(try await client.call("GET", "/v1/versions").status == 401)
            #expect(try await client.call("GET", "/readyz").status == 200)
            let wrong = try ServiceClient(service.url, token: "secres")
            #expect(try await wrong.call("GET", "/v1/versions").status == 401)
            let right = try ServiceClient(service.url, token: "secret")
            #expect(try await right.call("GET", "/v1/versions").status == 200)
        }
    }

    @Test("new behaviours become features, and new items can be ranked") func freshness() async throws {
        try await with { _, client in
            let event = Data(#"{"id":"e1","user":"new","item":"i2","kind":"purchase"}"#.utf8)
            let ranked = Data(#"{"user":"new","items":["i1","i2"]}"#.utf8)
            let before = try json(try await client.call("POST", "/v1/rank", ranked).body) as? [String: Any]
            #expect(
                before?["ranker"] as? String == "baseline" && before?["fallback"] as? String == "noFeatures")
            let first = try await client.call("POST", "/v1/events", event)
            let again = try await client.call("POST", "/v1/events", event)
            #expect(first.status == 202 && again.status == 202)
            #expect((try json(again.body) as? [String: Any])?["repeated"] as? Int == 1)
            var features: [String: Any]?
            for _ in 0..<200 where features == nil {
                try await Task.sleep(for: .milliseconds(50))
                let user = try json(try await client.call("GET", "/v1/users/new").body) as? [String: Any]
                features = user?["features"] as? [String: Any]
            }
            #expect(features?["isStale"] as? Bool == false)
            #expect((features?["codes"] as? [Int])?.count == 4)
            // The moment of the ranking has to come after the event's second.
            try await Task.sleep(for: .seconds(1.1))
            let after = try json(try await client.call("POST", "/v1/rank", ranked).body) as? [String: Any]
            #expect(after?["ranker"] as? String == "enhanced")
            #expect((after?["features"] as? [String: Any])?["isStale"] as? Bool == false)
            let item = Data(#"{"id":"i99","title":"thing 99","categories":["shop","shelf 1"]}"#.utf8)
            #expect(try await client.call("PUT", "/v1/items", item).status == 200)
            let wanted = Data(#"{"user":"new","items":["i99"],"ranker":"baseline"}"#.utf8)
            #expect(try await client.call("POST", "/v1/rank", wanted).status == 200)
            let metrics = String(decoding: try await client.call("GET", "/metrics").body, as: UTF8.self)
            #expect(metrics.contains("taiji_reasoned_users_total 1\n"))
            #expect(metrics.contains("taiji_freshness_seconds_count 1\n"))
        }
    }
}

/// Bytes that no client library would send.
struct RawRequest {
    private let port: UInt16

    init(_ url: String) throws {
        guard let port = URL(string: url)?.port.flatMap({ UInt16(exactly: $0) }) else {
            throw TestSupportError(description: "\(url) has no port")
        }
        self.port = port
    }

    /// Sends bytes and reads until the other side closes, at most for ten seconds.
    func send(_ text: String) throws -> String {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var (address, limit) = (sockaddr_in(), timeval(tv_sec: 10, tv_usec: 0))
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let status = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard status == 0 else { throw TestSupportError(description: "no connection") }
        _ = text.withCString { write(descriptor, $0, strlen($0)) }
        var (answer, buffer): (Data, [UInt8]) = (Data(), [UInt8](repeating: 0, count: 4096))
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            if count < 0 {
                throw TestSupportError(description: "neither an answer nor an end in ten seconds")
            }
            if count == 0 { break }
            answer += buffer.prefix(count)
            // A whole answer on a connection that stays open.
            if let end = answer.firstRange(of: Data("\r\n\r\n".utf8)), text.contains("text/plain") {
                _ = end
                break
            }
        }
        return String(decoding: answer, as: UTF8.self)
    }
}
