import Foundation
import GRDB
import Pipeline

extension SQLiteStore {
    /// See `ServingStore`.
    public func register(_ version: VersionRecord) async throws {
        try await write { db in
            try db.execute(
                sql: """
                    INSERT INTO versions SELECT ?, ?, ?, (SELECT coalesce(max(number), 0) + 1 FROM versions)
                    WHERE true ON CONFLICT (name) DO UPDATE
                    SET directory = excluded.directory, activates = excluded.activates
                    """, arguments: [version.name, version.directory, version.activatesWhenReady])
        }
    }

    /// See `ServingStore`.
    public func versions() async throws -> [VersionRecord] {
        try await read { db in
            try Row.fetchAll(db, sql: "SELECT name, directory, activates FROM versions ORDER BY number").map {
                VersionRecord(
                    name: $0["name"], directory: $0["directory"], activatesWhenReady: $0["activates"])
            }
        }
    }

    /// See `ServingStore`.
    public func activeVersion() async throws -> String? {
        try await read { db in
            try String.fetchOne(db, sql: "SELECT value FROM values_by_name WHERE name = 'active'")
        }
    }

    /// See `ServingStore`.
    public func activate(_ version: String) async throws {
        try await write { db in
            try db.execute(
                sql: """
                    INSERT INTO values_by_name VALUES ('active', ?)
                    ON CONFLICT (name) DO UPDATE SET value = excluded.value
                    """, arguments: [version])
            try db.execute(sql: "UPDATE versions SET activates = 0 WHERE name = ?", arguments: [version])
        }
    }

    private var activeSince: Double { Date().timeIntervalSince1970 - 86_400 * Double(settings.activeDays) }

    /// See `ServingStore`.
    public func coverage(version: String) async throws -> (active: Int, covered: Int) {
        let since = activeSince
        return try await read { db in
            let row = try Row.fetchOne(
                db,
                sql: """
                    SELECT count(*) AS active, count(*) FILTER (
                        WHERE features."user" IS NOT NULL AND (features.position > 0 OR NOT EXISTS (
                            SELECT 1 FROM events WHERE events."user" = active."user"))) AS covered
                    FROM active
                    LEFT JOIN features ON features.version = ? AND features."user" = active."user"
                    WHERE seen >= ?
                    """, arguments: [version, since])
            return (row?["active"] ?? 0, row?["covered"] ?? 0)
        }
    }

    /// See `ServingStore`.
    public func prepare(version: String) async throws {
        let (since, now) = (activeSince, Date().timeIntervalSince1970)
        try await write { db in
            try db.execute(
                sql: """
                    INSERT INTO stale (version, "user", position, since, newest)
                    SELECT ?, active."user",
                           coalesce((SELECT max(position) FROM events WHERE events."user" = active."user"),
                               0), ?, ?
                    FROM active WHERE seen >= ? AND NOT EXISTS (
                        SELECT 1 FROM features
                        WHERE features.version = ? AND features."user" = active."user"
                              AND (features.position > 0 OR NOT EXISTS (
                                  SELECT 1 FROM events WHERE events."user" = active."user")))
                    ON CONFLICT DO NOTHING
                    """, arguments: [version, now, now, since, version])
        }
    }

    /// See `ServingStore`.
    public func importFeatures(_ features: [LiveFeatures]) async throws {
        try await write { db in
            let insert = try db.cachedStatement(
                sql: "INSERT INTO features VALUES (?, ?, 0, ?, NULL) ON CONFLICT DO NOTHING")
            let encoder = JSONEncoder()
            for one in features {
                try insert.execute(arguments: [one.version, one.user, try encoder.encode(one)])
            }
        }
    }

    /// See `ServingStore`.
    public func forEachEmbedding(version: String, _ body: (String, [Float]) throws -> Void) async throws {
        var last = ""
        while true {
            let from = last
            let rows = try await read { db in
                try Row.fetchAll(
                    db,
                    sql: """
                        SELECT "user", embedding FROM features
                        WHERE version = ? AND "user" > ? AND embedding IS NOT NULL ORDER BY "user" LIMIT 4096
                        """, arguments: [version, from]
                ).map { ($0["user"] as String, Self.floats($0["embedding"] as Data)) }
            }
            for (user, embedding) in rows { try body(user, embedding) }
            guard let next = rows.last?.0 else { return }
            last = next
        }
    }

    /// Features come from this process alone.
    public func embeddings(
        version _: String, after place: String
    ) async throws -> (rows: [(String, [Float])], place: String) { ([], place) }

    static func floats(_ data: Data) -> [Float] {
        data.withUnsafeBytes { bytes in
            (0..<bytes.count / 4).map { bytes.loadUnaligned(fromByteOffset: 4 * $0, as: Float.self) }
        }
    }
}
