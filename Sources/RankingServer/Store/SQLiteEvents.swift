import Foundation
import GRDB

/// Events and the staleness that they cause, in one transaction.
enum SQLiteEvents {
    private static let insertEvent = """
        INSERT INTO events (id, "user", body) VALUES (?, ?, ?) ON CONFLICT (id) DO NOTHING
        """
    private static let markActive = """
        INSERT INTO active VALUES (?, ?) ON CONFLICT ("user") DO UPDATE SET seen = max(seen, excluded.seen)
        """
    private static let markStale = """
        INSERT INTO stale (version, "user", position, since, newest) VALUES (?, ?, ?, ?, ?)
        ON CONFLICT (version, "user") DO UPDATE
        SET position = excluded.position, newest = excluded.newest, tries = 0
        """

    /// Keeps events that are new.
    ///
    /// - Returns: what became of each, and the new ones with their places.
    static func insert(
        _ pending: [SQLiteStore.PendingEvent], backlogLimit: Int, in db: Database
    ) throws -> (kept: [SQLiteStore.KeptEvent], fresh: [LiveEvent]) {
        let now = Date().timeIntervalSince1970
        let versions = try String.fetchAll(db, sql: "SELECT name FROM versions")
        let (insert, active, stale) = (
            try db.cachedStatement(sql: insertEvent), try db.cachedStatement(sql: markActive),
            try db.cachedStatement(sql: markStale)
        )
        let encoder = JSONEncoder()
        var (kept, fresh): ([SQLiteStore.KeptEvent], [LiveEvent]) = ([], [])
        for one in pending {
            var event = one.event
            try insert.execute(arguments: [event.id, event.user, try encoder.encode(event)])
            let isNew = db.changesCount > 0
            kept.append(.init(isNew: isNew))
            guard isNew else { continue }
            event.position = db.lastInsertedRowID
            fresh.append(event)
            try active.execute(arguments: [event.user, now])
            guard one.isBehavior else { continue }
            for version in versions {
                try stale.execute(arguments: [version, event.user, event.position, now, now])
            }
        }
        if fresh.contains(where: { $0.position % 64 == 0 }) {
            for version in versions { try drop(version, beyond: backlogLimit, in: db) }
        }
        return (kept, fresh)
    }

    /// Leaves out the least important work of a full backlog: users that no request asked for, the newest
    /// first.
    private static func drop(_ version: String, beyond limit: Int, in db: Database) throws {
        let waiting =
            try Int.fetchOne(db, sql: "SELECT count(*) FROM stale WHERE version = ?", arguments: [version])
            ?? 0
        guard waiting > limit else { return }
        try db.execute(
            sql: """
                DELETE FROM stale WHERE version = ? AND "user" IN (
                    SELECT "user" FROM stale WHERE version = ? AND claimed IS NULL
                    ORDER BY requested IS NOT NULL, since DESC, position DESC LIMIT ?)
                """, arguments: [version, version, waiting - limit])
        try add(db.changesCount, to: "dropped/\(version)", in: db)
    }

    /// Adds to a number that is kept by name.
    static func add(_ amount: Int, to name: String, in db: Database) throws {
        try db.execute(
            sql: """
                INSERT INTO values_by_name VALUES (?, ?)
                ON CONFLICT (name) DO UPDATE SET value = value + excluded.value
                """, arguments: [name, amount])
    }

    /// An event of a row with its place.
    static func event(_ row: Row) throws -> LiveEvent {
        var event = try JSONDecoder().decode(LiveEvent.self, from: row["body"] as Data)
        event.position = row["position"]
        return event
    }
}
