import Foundation
import Synchronization

/// A few threads with a connection each. A connection that failed is made again at its next use.
final class RedisConnections: Sendable {
    let address: RedisConnection.Address
    private let threads: WorkThreads
    private let idle = Mutex<[Slot]>([])

    /// A connection that waits to be used, by one thread at a time.
    private final class Slot: @unchecked Sendable {
        // Whoever took it out of `idle` is the only one who uses it.
        var connection: RedisConnection?
        var scripts: [String: String] = [:]
    }

    init(_ address: RedisConnection.Address, count: Int, waiting: Int) {
        self.address = address
        threads = WorkThreads(count: count, limit: waiting, name: "redis")
    }

    /// Sends commands together and returns their replies.
    ///
    /// - Throws: `ServerError.store`, `ServerError.busy`.
    func run(_ commands: [[RedisArgument]]) async throws -> [RedisValue] {
        try await threads.run { [self] in
            try using { slot in try connected(slot).pipeline(commands) }
        }
    }

    /// One command.
    func run(_ command: RedisArgument...) async throws -> RedisValue { try await run([command])[0] }

    /// Runs a script for each list of arguments, all of them sent together.
    func evaluate(_ script: RedisScript, _ calls: [[RedisArgument]]) async throws -> [RedisValue] {
        guard !calls.isEmpty else { return [] }
        return try await threads.run { [self] in
            try using { slot in
                let connection = try connected(slot)
                let digest: String
                if let known = slot.scripts[script.name] {
                    digest = known
                } else {
                    digest =
                        try connection.pipeline([["SCRIPT", "LOAD", .init(script.text)]])[0].string ?? ""
                    slot.scripts[script.name] = digest
                }
                return try connection.pipeline(calls.map { ["EVALSHA", .init(digest), 0] + $0 })
            }
        }
    }

    private func connected(_ slot: Slot) throws -> RedisConnection {
        if let connection = slot.connection { return connection }
        let made = try RedisConnection(address)
        slot.scripts = [:]
        slot.connection = made
        return made
    }

    private func using<Value>(_ body: (Slot) throws -> Value) throws -> Value {
        let slot = idle.withLock { $0.popLast() } ?? Slot()
        defer { idle.withLock { $0.append(slot) } }
        do {
            let isOld = slot.connection != nil
            do { return try body(slot) } catch is ServerError where isOld {
                // Redis may have been restarted since: once more on a new connection. Whatever is sent may be
                // sent twice.
                slot.connection = nil
                return try body(slot)
            }
        } catch let refusal as RedisConnection.Refusal {
            // Such as a full or a read-only Redis: the connection itself is sound.
            if refusal.description.hasPrefix("NOSCRIPT") { slot.connection = nil }
            throw ServerError.store(
                place: address.place, message: "refuses (\(refusal.description)); see its log and its limits")
        } catch {
            slot.connection = nil
            throw error
        }
    }

    /// Ends the threads once what waits is done.
    func stop() {
        threads.stop()
        idle.withLock { $0.removeAll() }
    }
}

/// A Lua script, which Redis runs as one step.
struct RedisScript: Sendable {
    let name: String
    let text: String
}
