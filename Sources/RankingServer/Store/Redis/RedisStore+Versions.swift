import Foundation
import Pipeline

extension RedisStore {
    func register(_ version: VersionRecord) async throws {
        for stream in ["work", "urgent"] {
            do {
                _ = try await connections.run(
                    "XGROUP", "CREATE", .init("taiji:\(stream):\(version.name)"), "workers", "0", "MKSTREAM")
            } catch ServerError.store(_, let message) where message.contains("BUSYGROUP") {}
        }
        _ = try await connections.run(
            "HSET", "taiji:versions", .init(version.name), .init(try JSONEncoder().encode(version)))
    }

    func versions() async throws -> [VersionRecord] {
        try await connections.run("HVALS", "taiji:versions").list.compactMap(\.data)
            .map { try JSONDecoder().decode(VersionRecord.self, from: $0) }.sorted { $0.name < $1.name }
    }

    func activeVersion() async throws -> String? {
        try await connections.run("GET", "taiji:active-version").string
    }

    func activate(_ version: String) async throws {
        guard var record = try await versions().first(where: { $0.name == version }) else { return }
        record.activatesWhenReady = false
        _ = try await connections.run([
            ["MULTI"], ["HSET", "taiji:versions", .init(version), .init(try JSONEncoder().encode(record))],
            ["SET", "taiji:active-version", .init(version)], ["EXEC"],
        ])
    }

    private var activeSince: Double { now - 86_400 * Double(settings.activeDays) }

    func coverage(version: String) async throws -> (active: Int, covered: Int) {
        let replies = try await connections.run([
            ["ZREMRANGEBYSCORE", "taiji:active", "-inf", .init("(\(activeSince)")],
            ["ZCARD", "taiji:active"],
            ["ZINTERCARD", 2, "taiji:active", .init("taiji:covered:\(version)")],
        ])
        return (Int(replies[1].number ?? 0), Int(replies[2].number ?? 0))
    }

    func prepare(version: String) async throws {
        let count = 1000
        for start in stride(from: 0, to: Int.max - count, by: count) {
            let users = try await connections.run(
                "ZRANGE", "taiji:active", .init(start), .init(start + count - 1)
            ).list
            guard !users.isEmpty else { return }
            let isCovered = try await connections.run(
                [["SMISMEMBER", .init("taiji:covered:\(version)")] + users.map { .init($0.string ?? "") }])[0]
                .list
            let wanted = zip(users, isCovered).filter { $1.number == 0 }.compactMap(\.0.string)
            guard !wanted.isEmpty else { continue }
            _ = try await connections.evaluate(
                RedisScripts.queueUsers,
                [
                    [.init(version), "work", .init(now), .init(settings.backlogLimit)]
                        + wanted.map { .init($0) }
                ])
        }
    }

    func importFeatures(_ features: [LiveFeatures]) async throws {
        let encoder = JSONEncoder()
        for start in stride(from: 0, to: features.count, by: 500) {
            let block = features[start..<min(start + 500, features.count)]
            guard let version = block.first?.version else { return }
            _ = try await connections.evaluate(
                RedisScripts.importFeatures,
                [
                    [.init(version)]
                        + (try block.flatMap { [RedisArgument($0.user), .init(try encoder.encode($0))] })
                ])
        }
    }

    func forEachEmbedding(version: String, _ body: (String, [Float]) throws -> Void) async throws {
        var cursor = "0"
        repeat {
            let reply = try await connections.run(
                "SSCAN", .init("taiji:made:\(version)"), .init(cursor), "COUNT", 1000
            ).list
            guard reply.count == 2 else { return }
            cursor = reply[0].string ?? "0"
            for (user, embedding) in try await embeddings(of: reply[1].list.compactMap(\.string), version) {
                try body(user, embedding)
            }
        } while cursor != "0"
    }

    private func embeddings(of users: [String], _ version: String) async throws -> [(String, [Float])] {
        guard !users.isEmpty else { return [] }
        let replies = try await connections.run(
            users.map { ["HGET", .init("taiji:features:\(version):\($0)"), "embedding"] })
        return zip(users, replies).compactMap { user, reply in
            reply.data.map { (user, SQLiteStore.floats($0)) }
        }
    }

    func embeddings(
        version: String, after place: String
    ) async throws -> (rows: [(String, [Float])], place: String) {
        let key = RedisArgument("taiji:written:\(version)")
        if place.isEmpty {
            // The first call only learns where the stream ends.
            let last = try await connections.run("XREVRANGE", key, "+", "-", "COUNT", 1).list
            return ([], last.first?.list.first?.string ?? "0-0")
        }
        let rows = try await connections.run("XRANGE", key, .init("(\(place)"), "+", "COUNT", 1000).list
        let users = rows.compactMap { $0.list.last?.list.last?.string }
        return (try await embeddings(of: Array(Set(users)), version), rows.last?.list.first?.string ?? place)
    }
}
