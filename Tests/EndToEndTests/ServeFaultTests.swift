import Foundation
import RankingServer
import TestSupport
import Testing

@Suite("A service under load and faults", .serialized) struct ServeFaultTests {
    private static func json(_ data: Data) throws -> [String: Any] {
        try JSONSerialization.jsonObject(with: data) as? [String: Any] ?? [:]
    }

    /// All ids of a store's events, in order.
    private func ids(_ client: ServiceClient) async throws -> [String] {
        var (ids, position): ([String], Int64) = ([], 0)
        while true {
            let body = try await client.call("GET", "/v1/events?after=\(position)&limit=1000").body
            let lines = try body.split(separator: UInt8(ascii: "\n")).map { try Self.json(Data($0)) }
            guard let last = lines.last else { return ids }
            ids += lines.compactMap { $0["id"] as? String }
            position = (last["position"] as? NSNumber)?.int64Value ?? 0
        }
    }

    @Test("killed again and again under load, it loses no acknowledged event and takes none twice")
    func killedUnderLoad() async throws {
        let runs = try ServedRun.shared.get()
        let store = "sqlite://" + runs.folder.appending(path: "killed.sqlite").path
        let acknowledged = Shared<[String]>([])
        for round in 0..<6 {
            let begun = Date()
            let service = try ServiceProcess(runs.first, store: store)
            #expect(Date().timeIntervalSince(begun) < 5)
            let client = try ServiceClient(service.url, token: nil, seconds: 5)
            await withTaskGroup(of: Void.self) { group in
                for worker in 0..<8 {
                    group.addTask {
                        for number in 0..<10_000 {
                            // Every third is sent a second time.
                            let id = "\(round)-\(worker)-\(number - number % 3 / 2)"
                            let body =
                                #"{"id":"\#(id)","user":"u\#(number % 20)","#
                                + #""item":"i\#(number % 24)","kind":"purchase"}"#
                            let answer = try? await client.call("POST", "/v1/events", Data(body.utf8))
                            guard let answer else { return }
                            if answer.status == 202 { acknowledged.withLock { $0.append(id) } }
                        }
                    }
                }
                // By what it did, not by time: other tests share the processor.
                let end = Date(timeIntervalSinceNow: 60)
                while acknowledged.withLock({ $0.count }) < 50 * (round + 1), Date() < end {
                    try? await Task.sleep(for: .milliseconds(2))
                }
                service.end(SIGKILL)
            }
        }
        let service = try ServiceProcess(runs.first, store: store)
        let found = try await ids(ServiceClient(service.url, token: nil))
        let wanted = Set(acknowledged.withLock { $0 })
        #expect(wanted.count >= 200)
        #expect(Set(found).count == found.count)
        #expect(wanted.subtracting(found).isEmpty, "\(wanted.subtracting(found).count) are lost")
        #expect(service.end() == 0)
    }

    @Test("a new version takes over in one step: no answer of 10,000 is of two versions")
    func versionSwitch() async throws {
        let runs = try ServedRun.shared.get()
        let store = "sqlite://" + runs.folder.appending(path: "switch.sqlite").path
        let service = try ServiceProcess(runs.first, store: store)
        let client = try ServiceClient(service.url, token: nil)
        let first =
            try Self.json(try await client.call("GET", "/v1/versions").body)["active"] as? String ?? ""
        for number in 0..<5 {
            let event = #"{"id":"\#(number)","user":"u\#(number)","item":"i1","kind":"purchase"}"#
            #expect(try await client.call("POST", "/v1/events", Data(event.utf8)).status == 202)
        }
        let added = try await client.call(
            "POST", "/v1/versions", JSONSerialization.data(withJSONObject: ["run": runs.second.path]))
        let second = try Self.json(added.body)["version"] as? String ?? ""
        #expect(added.status == 202 && second != first && !second.isEmpty)
        let codebooks = Shared<[String: Set<String>]>([:])
        let seen = Shared<[String]>([])
        try await withThrowingTaskGroup(of: Void.self) { group in
            for worker in 0..<8 {
                group.addTask {
                    for number in 0..<1250 {
                        let body = #"{"user":"u\#((worker + number) % 20)","items":["i1","i2","i3"]}"#
                        let answer = try await client.call("POST", "/v1/rank", Data(body.utf8))
                        #expect(answer.status == 200)
                        let read = try Self.json(answer.body)
                        let version = read["version"] as? String ?? ""
                        seen.withLock { $0.append(version) }
                        if let codebook = read["codebook"] as? String {
                            codebooks.withLock { _ = $0[version, default: []].insert(codebook) }
                        }
                    }
                }
            }
            group.addTask { try await Self.switchVersions(client, first, second) }
            try await group.waitForAll()
        }
        let versions = seen.withLock { $0 }
        #expect(versions.count == 10_000 && Set(versions) == [first, second])
        let books = codebooks.withLock { $0 }
        #expect(books.values.allSatisfy { $0.count == 1 }, "\(books)")
        #expect(books[first] != books[second] && books.count == 2)
        #expect(service.end() == 0)
    }

    /// Over to the second version as soon as it is ready, back, and over again.
    private static func switchVersions(
        _ client: ServiceClient, _ first: String, _ second: String
    ) async throws {
        #expect(try await client.call("POST", "/v1/versions/\(first)/activate").status == 200)
        for version in [second, first, second] {
            for _ in 0..<400 {
                let answer = try await client.call("POST", "/v1/versions/\(version)/activate")
                if answer.status == 200 { break }
                #expect(answer.status == 409)
                try await Task.sleep(for: .milliseconds(50))
            }
            let active = try Self.json(try await client.call("GET", "/v1/versions").body)["active"] as? String
            #expect(active == version)
            try await Task.sleep(for: .milliseconds(200))
        }
    }

    @Test(
        "workers of one group share the work, and take over from one that is killed",
        .enabled(if: Redis.isInstalled))
    func killedWorker() async throws {
        let runs = try ServedRun.shared.get()
        let folder = runs.folder.appending(path: "redis-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let redis = try Redis(in: folder)
        let fast = ["--set", "serve.claimSeconds=1", "--set", "serve.reasoningBatch=2"]
        let ranker = try ServiceProcess(runs.first, store: redis.address, ["--role", "rank"] + fast)
        var workers = try (0..<2).map { _ in
            try ServiceProcess(runs.first, store: redis.address, ["--role", "reason"] + fast)
        }
        let client = try ServiceClient(ranker.url, token: nil)
        for number in 0..<40 {
            let event =
                #"{"id":"\#(number)","user":"n\#(number)","item":"i\#(number % 24)","kind":"purchase"}"#
            #expect(try await client.call("POST", "/v1/events", Data(event.utf8)).status == 202)
            if number == 20 { workers.removeFirst().end(SIGKILL) }
        }
        var waiting: [String] = []
        for _ in 0..<300 {
            waiting = []
            for number in 0..<40 {
                let user = try Self.json(try await client.call("GET", "/v1/users/n\(number)").body)
                let features = user["features"] as? [String: Any]
                if features?["isStale"] as? Bool != false { waiting.append("n\(number)") }
            }
            if waiting.isEmpty { break }
            try await Task.sleep(for: .milliseconds(100))
        }
        #expect(waiting == [])
        let versions =
            try Self.json(try await client.call("GET", "/v1/versions").body)["versions"] as? [[String: Any]]
        #expect(versions?.first?["givenUpUsers"] as? Int == 0)
        #expect(try await ids(client).count == 40)
        #expect(ranker.end() == 0 && workers[0].end() == 0)
    }
}
