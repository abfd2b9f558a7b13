import Foundation
import GRDB
import Pipeline

extension SQLiteStore {
    /// See `ServingStore`.
    public func requested(_ user: String, version: String, isStale: Bool) async throws {
        let now = Date().timeIntervalSince1970
        try await write { db in
            try db.execute(
                sql: """
                    INSERT INTO active VALUES (?, ?) ON CONFLICT ("user") DO UPDATE SET seen = excluded.seen
                    """, arguments: [user, now])
            guard isStale else { return }
            let position =
                try Int64.fetchOne(
                    db, sql: "SELECT max(position) FROM events WHERE \"user\" = ?", arguments: [user]) ?? 0
            try db.execute(
                sql: """
                    INSERT INTO stale (version, "user", position, since, newest, requested) VALUES (?, ?,
                        ?, ?, ?, ?)
                    ON CONFLICT (version, "user") DO UPDATE
                    SET requested = coalesce(requested, excluded.requested)
                    """, arguments: [version, user, position, now, now, now])
        }
    }

    private var order: String {
        switch settings.priority {
        case .requestedFirst: "requested IS NULL, since, position"
        case .oldestFirst: "since, position"
        case .newestFirst: "newest DESC, \"user\""
        }
    }

    /// See `ServingStore`.
    public func claim(version: String, atMost count: Int) async throws -> [Claim] {
        let (now, order, silent) = (
            Date().timeIntervalSince1970, order, Double(settings.claimSeconds)
        )
        // Most often nothing waits: that is found out without a write.
        let isIdle = try await read { db in
            try Int.fetchOne(
                db, sql: "SELECT 1 FROM stale WHERE version = ? AND (claimed IS NULL OR claimed < ?) LIMIT 1",
                arguments: [version, now - silent]) == nil
        }
        if isIdle { return [] }
        return try await write { db in
            let rows = try Row.fetchAll(
                db,
                sql: """
                    SELECT "user", position, since, tries FROM stale
                    WHERE version = ? AND (claimed IS NULL OR claimed < ?) ORDER BY \(order) LIMIT ?
                    """, arguments: [version, now - silent, count])
            return try rows.map { row in
                let claim = Claim(
                    user: row["user"], version: version, position: row["position"], since: row["since"],
                    tries: row["tries"])
                try db.execute(
                    sql: "UPDATE stale SET claimed = ? WHERE version = ? AND \"user\" = ?",
                    arguments: [now, version, claim.user])
                return claim
            }
        }
    }

    /// See `ServingStore`.
    public func finish(_ claim: Claim, _ features: LiveFeatures, embedding: [Float]) async throws {
        try await write { db in
            try db.execute(
                sql: """
                    INSERT INTO features VALUES (?, ?, ?, ?, ?)
                    ON CONFLICT (version, "user") DO UPDATE
                    SET position = excluded.position, body = excluded.body, embedding = excluded.embedding
                    """,
                arguments: [
                    features.version, features.user, features.position, try JSONEncoder().encode(features),
                    embedding.withUnsafeBytes { Data($0) },
                ])
            // Events that came meanwhile leave the user stale.
            try db.execute(
                sql: "DELETE FROM stale WHERE version = ? AND \"user\" = ? AND position <= ?",
                arguments: [claim.version, claim.user, features.position])
            try db.execute(
                sql:
                    "UPDATE stale SET claimed = NULL, since = newest, requested = NULL WHERE version = ? "
                    + "AND \"user\" = ?",
                arguments: [claim.version, claim.user])
            try db.execute(
                sql: "DELETE FROM dead WHERE version = ? AND \"user\" = ?",
                arguments: [claim.version, claim.user])
        }
        cache.put(features)
    }

    /// See `ServingStore`.
    public func fail(_ claim: Claim, message: String) async throws {
        let (isLast, now) = (claim.tries + 1 >= settings.maximumTries, Date().timeIntervalSince1970)
        try await write { db in
            if isLast {
                try db.execute(
                    sql: "DELETE FROM stale WHERE version = ? AND \"user\" = ? AND position <= ?",
                    arguments: [claim.version, claim.user, claim.position])
                try db.execute(
                    sql: "INSERT OR REPLACE INTO dead VALUES (?, ?, ?, ?)",
                    arguments: [claim.version, claim.user, message, now])
            }
            try db.execute(
                sql: "UPDATE stale SET claimed = NULL, tries = tries + 1 WHERE version = ? AND \"user\" = ?",
                arguments: [claim.version, claim.user])
        }
    }

    /// See `ServingStore`.
    public func renew(_ claims: [Claim]) async throws {
        let now = Date().timeIntervalSince1970
        try await write { db in
            for claim in claims {
                try db.execute(
                    sql: "UPDATE stale SET claimed = ? WHERE version = ? AND \"user\" = ? AND claimed IS "
                        + "NOT NULL",
                    arguments: [now, claim.version, claim.user])
            }
        }
    }

    /// See `ServingStore`.
    public func release(_ claims: [Claim]) async throws {
        try await write { db in
            for claim in claims {
                try db.execute(
                    sql: "UPDATE stale SET claimed = NULL WHERE version = ? AND \"user\" = ?",
                    arguments: [claim.version, claim.user])
            }
        }
    }

    /// See `ServingStore`.
    public func work(version: String) async throws -> WorkStatus {
        try await read { db in
            func count(_ table: String) throws -> Int {
                try Int.fetchOne(
                    db, sql: "SELECT count(*) FROM \(table) WHERE version = ?", arguments: [version]) ?? 0
            }
            return WorkStatus(
                waiting: try count("stale"),
                oldest: try Double.fetchOne(
                    db, sql: "SELECT min(since) FROM stale WHERE version = ?", arguments: [version]),
                dead: try count("dead"),
                dropped: try Int.fetchOne(
                    db, sql: "SELECT value FROM values_by_name WHERE name = ?",
                    arguments: ["dropped/\(version)"])
                    ?? 0)
        }
    }
}
