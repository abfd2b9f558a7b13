import Foundation
import Pipeline

/// A store in Redis, for any number of processes: events and work are streams, workers a consumer group,
/// features hashes.
final class RedisStore: ServingStore {
    let connections: RedisConnections
    let settings: ServeConfiguration
    /// This process among the workers.
    let consumer: String
    private let commits: GroupCommit<[RedisArgument], Int64>

    /// How long event ids are remembered, in seconds: 30 days.
    private static let memory = 30 * 86_400

    /// Connects.
    ///
    /// - Throws: `ServerError.store` where Redis cannot be reached, or keeps nothing after a restart.
    init(_ address: RedisConnection.Address, _ settings: ServeConfiguration) throws {
        self.settings = settings
        guard settings.priority != .newestFirst else {
            throw ServerError.setting(
                key: "serve.priority",
                message: "is newestFirst, which a stream does not have; "
                    + "expected requestedFirst or oldestFirst")
        }
        let connections = RedisConnections(address, count: 4, waiting: 4 * settings.waitingRequests)
        self.connections = connections
        consumer =
            "\(ProcessInfo.processInfo.hostName)-\(ProcessInfo.processInfo.processIdentifier)-"
            + String(UInt32.random(in: 0 ... .max), radix: 16)
        commits = GroupCommit(limit: settings.waitingRequests) { calls in
            try await connections.evaluate(RedisScripts.append, calls).map { $0.number ?? 0 }
        }
        let first = try RedisConnection(address)
        let persistence = try first.pipeline([["INFO", "persistence"]])[0].string ?? ""
        guard persistence.contains("aof_enabled:1") else {
            throw ServerError.store(
                place: address.place,
                message: "would lose events at a restart: start it with `--appendonly yes`, and with "
                    + "`--appendfsync always` where a power cut must lose nothing either")
        }
    }

    /// The address without the password.
    var place: String { connections.address.place }
    var now: Double { Date().timeIntervalSince1970 }

    func append(
        _ events: [LiveEvent], marksStale: @escaping @Sendable (LiveEvent) -> Bool
    ) async throws -> [Bool] {
        let encoder = JSONEncoder()
        let calls: [[RedisArgument]] = try events.map { event in
            [
                .init(event.id), .init(event.user), .init(try encoder.encode(event)),
                marksStale(event) ? 1 : 0,
                .init(now), .init(settings.eventsPerUser), .init(Self.memory), .init(settings.backlogLimit),
            ]
        }
        return try await commits.add(calls).map { $0 > 0 }
    }

    func user(_ id: String, version: String) async throws -> StoredUser {
        let replies = try await connections.run([
            ["LRANGE", .init("taiji:history:\(id)"), 0, -1],
            ["HGET", .init("taiji:features:\(version):\(id)"), "body"],
        ])
        return StoredUser(
            events: try replies[0].list.compactMap { try Self.event($0.data) },
            features: try replies[1].data.map { try JSONDecoder().decode(LiveFeatures.self, from: $0) })
    }

    /// "POSITION BODY".
    static func event(_ data: Data?) throws -> LiveEvent? {
        guard let data, let space = data.firstIndex(of: UInt8(ascii: " ")) else { return nil }
        var event = try JSONDecoder().decode(LiveEvent.self, from: data[(space + 1)...])
        event.position = Int64(String(decoding: data[..<space], as: UTF8.self)) ?? 0
        return event
    }

    func put(_ items: [Item]) async throws {
        let arguments = try items.flatMap { [RedisArgument($0.id), .init(try JSONEncoder().encode($0))] }
        _ = try await connections.evaluate(RedisScripts.putItems, [arguments])
    }

    func items(after change: Int64) async throws -> (items: [Item], change: Int64) {
        let rows = try await connections.run(
            "ZRANGE", "taiji:item-changes", .init("(\(change)"), "+inf", "BYSCORE", "WITHSCORES"
        ).list
        let ids = stride(from: 0, to: rows.count, by: 2).compactMap { rows[$0].string }
        guard !ids.isEmpty, let last = rows.last?.string.flatMap({ Double($0) }) else { return ([], change) }
        let bodies = try await connections.run([["HMGET", "taiji:items"] + ids.map { .init($0) }])[0].list
        return (
            try bodies.compactMap(\.data).map { try JSONDecoder().decode(Item.self, from: $0) }, Int64(last)
        )
    }

    func events(after position: Int64, atMost count: Int) async throws -> [LiveEvent] {
        let rows = try await connections.run(
            "XRANGE", "taiji:events", .init("(\(position)-0"), "+", "COUNT", .init(count)
        ).list
        return try rows.compactMap { row in
            guard let id = row.list.first?.string, let body = row.list.last?.list.last?.data else {
                return nil
            }
            var event = try JSONDecoder().decode(LiveEvent.self, from: body)
            event.position = Int64(id.prefix { $0 != "-" }) ?? 0
            return event
        }
    }

    func check() async throws { _ = try await connections.run("SET", "taiji:checked", .init(now)) }

    func close() async { connections.stop() }
}
