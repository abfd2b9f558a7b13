public import Foundation
import GRDB
public import Pipeline
import Synchronization

/// A store in one SQLite file, in write-ahead mode, for one process.
public final class SQLiteStore: ServingStore {
    let pool: DatabasePool
    let cache: UserCache
    let settings: ServeConfiguration
    private let file: URL
    private let commits: GroupCommit<PendingEvent, KeptEvent>

    /// An event on its way to the disk.
    struct PendingEvent: Sendable {
        let event: LiveEvent
        let isBehavior: Bool
    }

    /// What became of it.
    struct KeptEvent: Sendable {
        let isNew: Bool
    }

    /// Opens or makes a file.
    ///
    /// - Throws: `ServerError.store` for a file that is damaged, belongs to something else or cannot be
    /// written.
    public init(_ file: URL, _ settings: ServeConfiguration) throws {
        self.file = file
        self.settings = settings
        let pool = try SQLiteSchema.open(file)
        let cache = UserCache(capacity: settings.cachedUsers, eventLimit: settings.eventsPerUser)
        (self.pool, self.cache) = (pool, cache)
        let backlogLimit = settings.backlogLimit
        commits = GroupCommit(limit: settings.waitingRequests) { pending in
            let (kept, fresh) = try await Self.writing(pool, file) { db in
                try SQLiteEvents.insert(pending, backlogLimit: backlogLimit, in: db)
            }
            cache.append(fresh)
            return kept
        }
    }

    /// The file's path.
    public var place: String { "sqlite://\(file.path)" }

    /// See `ServingStore`.
    public func append(
        _ events: [LiveEvent], marksStale: @escaping @Sendable (LiveEvent) -> Bool
    ) async throws -> [Bool] {
        let pending = events.map { PendingEvent(event: $0, isBehavior: marksStale($0)) }
        return try await commits.add(pending).map(\.isNew)
    }

    /// See `ServingStore`.
    public func user(_ id: String, version: String) async throws -> StoredUser {
        if let known = cache.user(id, version: version) { return known }
        let limit = settings.eventsPerUser
        return try await cache.load(id, version: version) {
            try await read { db in
                let rows = try Row.fetchAll(
                    db,
                    sql: """
                        SELECT position, body FROM events WHERE "user" = ? ORDER BY position DESC LIMIT ?
                        """, arguments: [id, limit])
                let body = try Data.fetchOne(
                    db, sql: "SELECT body FROM features WHERE version = ? AND \"user\" = ?",
                    arguments: [version, id])
                return StoredUser(
                    events: try rows.reversed().map { try SQLiteEvents.event($0) },
                    features: try body.map { try JSONDecoder().decode(LiveFeatures.self, from: $0) })
            }
        }
    }

    /// See `ServingStore`.
    public func put(_ items: [Item]) async throws {
        try await write { db in
            var change = try Int64.fetchOne(db, sql: "SELECT max(change) FROM items") ?? 0
            for item in items {
                change += 1
                try db.execute(
                    sql: """
                        INSERT INTO items VALUES (?, ?, ?)
                        ON CONFLICT (id) DO UPDATE SET change = excluded.change, body = excluded.body
                        """, arguments: [item.id, change, try JSONEncoder().encode(item)])
            }
        }
    }

    /// See `ServingStore`.
    public func items(after change: Int64) async throws -> (items: [Item], change: Int64) {
        try await read { db in
            let rows = try Row.fetchAll(
                db, sql: "SELECT change, body FROM items WHERE change > ? ORDER BY change",
                arguments: [change])
            return (
                try rows.map { try JSONDecoder().decode(Item.self, from: $0["body"] as Data) },
                rows.last?["change"] ?? change
            )
        }
    }

    /// See `ServingStore`.
    public func events(after position: Int64, atMost count: Int) async throws -> [LiveEvent] {
        try await read { db in
            try Row.fetchAll(
                db, sql: "SELECT position, body FROM events WHERE position > ? ORDER BY position LIMIT ?",
                arguments: [position, count]
            ).map { try SQLiteEvents.event($0) }
        }
    }

    /// See `ServingStore`.
    public func check() async throws {
        try await write { db in
            try db.execute(
                sql:
                    "INSERT INTO values_by_name VALUES ('checked', 0) ON CONFLICT (name) DO UPDATE SET "
                    + "value = 1 - value"
            )
        }
    }

    /// See `ServingStore`.
    public func close() async { try? pool.close() }

    func read<Value: Sendable>(_ body: @escaping @Sendable (Database) throws -> Value) async throws -> Value {
        do { return try await pool.read(body) } catch { throw Self.failure(error, file) }
    }

    @discardableResult
    func write<Value: Sendable>(_ body: @escaping @Sendable (Database) throws -> Value) async throws -> Value
    {
        try await Self.writing(pool, file, body)
    }

    private static func writing<Value: Sendable>(
        _ pool: DatabasePool, _ file: URL, _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws -> Value {
        do { return try await pool.write(body) } catch { throw failure(error, file) }
    }

    /// A database's error in words that tell what to do.
    private static func failure(_ error: any Error, _ file: URL) -> any Error {
        guard let error = error as? DatabaseError else { return error }
        let reason = error.message ?? "\(error.resultCode)"
        let advice =
            switch error.resultCode {
            case .SQLITE_FULL: "the disk is full; make room"
            case .SQLITE_READONLY, .SQLITE_CANTOPEN, .SQLITE_PERM:
                "it cannot be written; check its permissions"
            case .SQLITE_CORRUPT, .SQLITE_NOTADB: "it is damaged; move it away and start again"
            default: "try again"
            }
        return ServerError.store(place: "sqlite://\(file.path)", message: "failed (\(reason)): \(advice)")
    }
}
