import Foundation
import Pipeline

extension RedisStore {
    private func streams(_ version: String) -> [String] {
        switch settings.priority {
        case .requestedFirst: ["taiji:urgent:\(version)", "taiji:work:\(version)"]
        default: ["taiji:work:\(version)", "taiji:urgent:\(version)"]
        }
    }

    func requested(_ user: String, version: String, isStale: Bool) async throws {
        _ = try await connections.run("ZADD", "taiji:active", .init(now), .init(user))
        if isStale {
            _ = try await connections.evaluate(
                RedisScripts.queueUsers,
                [[.init(version), "urgent", .init(now), .init(settings.backlogLimit), .init(user)]])
        }
    }

    /// One entry of work.
    private struct Entry {
        let stream: String
        let id: String
        let user: String
        let since: Double
    }

    private static func entries(_ value: RedisValue, _ stream: String) -> [Entry] {
        value.list.compactMap { row in
            guard row.list.count == 2, let id = row.list[0].string, row.list[1].list.count >= 4 else {
                return nil
            }
            let fields = row.list[1].list
            return Entry(
                stream: stream, id: id, user: fields[1].string ?? "",
                since: fields[3].string.flatMap { Double($0) } ?? 0)
        }
    }

    func claim(version: String, atMost count: Int) async throws -> [Claim] {
        let streams = streams(version)
        let idle = 1000 * settings.claimSeconds
        // What a silent worker had, then what nobody has.
        let replies = try await connections.run(
            streams.map {
                [
                    "XAUTOCLAIM", .init($0), "workers", .init(consumer), .init(idle), "0-0", "COUNT",
                    .init(count),
                ]
            })
        let taken = zip(streams, replies).flatMap { Self.entries($1.list.count > 1 ? $1.list[1] : .null, $0) }
        var found = try await alive(taken, version)
        for stream in streams where found.count < count {
            let reply = try await connections.run(
                "XREADGROUP", "GROUP", "workers", .init(consumer), "COUNT", .init(count - found.count),
                "STREAMS",
                .init(stream), ">")
            found += reply.list.first.map { Self.entries($0.list.last ?? .null, stream) } ?? []
        }
        guard !found.isEmpty else { return [] }
        // From here on, a new event gives the user a new place.
        _ = try await connections.run(found.map { ["SREM", .init(queued($0, version)), .init($0.user)] })
        found = try await open(found, version)
        return Dictionary(grouping: found.enumerated(), by: \.element.user).values.sorted {
            $0[0].offset < $1[0].offset
        }
        .map { list in
            Claim(
                user: list[0].element.user, version: version, position: 0,
                since: list.map(\.element.since).min() ?? 0, tries: 0,
                tokens: list.flatMap { [$0.element.stream, $0.element.id] })
        }
    }

    /// Entries whose user's features have seen every event are done: another worker was faster.
    private func open(_ entries: [Entry], _ version: String) async throws -> [Entry] {
        guard !entries.isEmpty else { return [] }
        let replies = try await connections.run(
            entries.flatMap { entry -> [[RedisArgument]] in
                [
                    ["HGET", .init("taiji:features:\(version):\(entry.user)"), "position"],
                    ["LINDEX", .init("taiji:history:\(entry.user)"), -1],
                ]
            })
        var (open, done): ([Entry], [Entry]) = ([], [])
        for (number, entry) in entries.enumerated() {
            let made = replies[2 * number].number
            let newest = try Self.event(replies[2 * number + 1].data)?.position
            if let made, let newest, made >= newest { done.append(entry) } else { open.append(entry) }
        }
        if !done.isEmpty {
            _ = try await connections.run(
                done.flatMap { entry -> [[RedisArgument]] in
                    [
                        ["XACK", .init(entry.stream), "workers", .init(entry.id)],
                        ["XDEL", .init(entry.stream), .init(entry.id)],
                    ]
                })
        }
        return open
    }

    /// The users that have a place in a stream.
    private func queued(_ entry: Entry, _ version: String) -> String {
        "taiji:queued:\(version):\(entry.stream.split(separator: ":")[1])"
    }

    /// Entries of dead workers count as a failed attempt each; those that failed too often are given up.
    private func alive(_ entries: [Entry], _ version: String) async throws -> [Entry] {
        var alive: [Entry] = []
        for entry in entries {
            let isGivenUp = try await fail(
                version, entry.user, "the worker that had it went silent", [entry.stream, entry.id])
            if !isGivenUp { alive.append(entry) }
        }
        return alive
    }

    private func fail(_ version: String, _ user: String, _ message: String, _ tokens: [String]) async throws
        -> Bool
    {
        let arguments: [RedisArgument] =
            [.init(version), .init(user), .init(message), .init(settings.maximumTries), .init(now)]
            + tokens.map { .init($0) }
        return try await connections.evaluate(RedisScripts.fail, [arguments])[0].number == 1
    }

    func finish(_ claim: Claim, _ features: LiveFeatures, embedding: [Float]) async throws {
        let arguments: [RedisArgument] =
            [
                .init(features.version), .init(features.user), .init(features.position),
                .init(try JSONEncoder().encode(features)), .init(embedding.withUnsafeBytes { Data($0) }),
            ] + claim.tokens.map { .init($0) }
        _ = try await connections.evaluate(RedisScripts.finish, [arguments])
    }

    func fail(_ claim: Claim, message: String) async throws {
        // What is not given up stays with this worker, and comes back to some worker after `claimSeconds`.
        _ = try await fail(claim.version, claim.user, message, claim.tokens)
    }

    func renew(_ claims: [Claim]) async throws {
        let commands = claims.flatMap { claim in
            stride(from: 0, to: claim.tokens.count, by: 2).map { place -> [RedisArgument] in
                [
                    "XCLAIM", .init(claim.tokens[place]), "workers", .init(consumer), 0,
                    .init(claim.tokens[place + 1]), "JUSTID",
                ]
            }
        }
        if !commands.isEmpty { _ = try await connections.run(commands) }
    }

    func release(_ claims: [Claim]) async throws {
        for claim in claims {
            let entries = stride(from: 0, to: claim.tokens.count, by: 2).map {
                (claim.tokens[$0], claim.tokens[$0 + 1])
            }
            // Another entry takes the place of each, at the end of the queue.
            _ = try await connections.evaluate(
                RedisScripts.queueUsers,
                [
                    [
                        .init(claim.version), "work", .init(claim.since), .init(settings.backlogLimit),
                        .init(claim.user),
                    ]
                ])
            _ = try await connections.run(
                entries.flatMap { stream, id in
                    [["XACK", .init(stream), "workers", .init(id)], ["XDEL", .init(stream), .init(id)]]
                })
        }
    }

    func work(version: String) async throws -> WorkStatus {
        let replies = try await connections.run([
            ["XLEN", .init("taiji:work:\(version)")], ["XLEN", .init("taiji:urgent:\(version)")],
            ["XRANGE", .init("taiji:work:\(version)"), "-", "+", "COUNT", 1],
            ["XLEN", .init("taiji:dead:\(version)")], ["GET", .init("taiji:dropped:\(version)")],
        ])
        return WorkStatus(
            waiting: Int((replies[0].number ?? 0) + (replies[1].number ?? 0)),
            oldest: Self.entries(replies[2], "").first?.since, dead: Int(replies[3].number ?? 0),
            dropped: Int(replies[4].number ?? 0))
    }
}
