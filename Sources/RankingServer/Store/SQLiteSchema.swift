import Foundation
import GRDB

/// The tables of a store in one file.
enum SQLiteSchema {
    /// "TAIJ", in the header of the file.
    private static let application = 0x5441_494A
    private static let version = 1

    private static let statements = """
        CREATE TABLE events (
            position INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, "user" TEXT NOT NULL,
            body BLOB NOT NULL);
        CREATE INDEX events_of_user ON events ("user", position);
        CREATE TABLE active ("user" TEXT PRIMARY KEY, seen REAL NOT NULL) WITHOUT ROWID;
        CREATE TABLE stale (
            version TEXT NOT NULL, "user" TEXT NOT NULL, position INTEGER NOT NULL, since REAL NOT NULL,
            newest REAL NOT NULL, requested REAL, tries INTEGER NOT NULL DEFAULT 0, claimed REAL,
            PRIMARY KEY (version, "user"));
        CREATE TABLE dead (
            version TEXT NOT NULL, "user" TEXT NOT NULL, message TEXT NOT NULL, time REAL NOT NULL,
            PRIMARY KEY (version, "user"));
        CREATE TABLE features (
            version TEXT NOT NULL, "user" TEXT NOT NULL, position INTEGER NOT NULL, body BLOB NOT NULL,
            embedding BLOB,
            PRIMARY KEY (version, "user"));
        CREATE TABLE items (id TEXT PRIMARY KEY, change INTEGER NOT NULL, body BLOB NOT NULL);
        CREATE INDEX items_by_change ON items (change);
        CREATE TABLE versions (
            name TEXT PRIMARY KEY, directory TEXT NOT NULL, activates INTEGER NOT NULL, number INTEGER NOT
                NULL);
        CREATE TABLE values_by_name (name TEXT PRIMARY KEY, value NOT NULL) WITHOUT ROWID;
        """

    /// Opens a file, and makes the tables in a new one.
    ///
    /// - Throws: `ServerError.store` for a file that is damaged or belongs to something else.
    static func open(_ file: URL) throws -> DatabasePool {
        do {
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            var configuration = Configuration()
            configuration.busyMode = .timeout(5)
            configuration.maximumReaderCount = 4
            configuration.prepareDatabase { db in
                // A commit has reached the disk before it is acknowledged.
                try db.execute(sql: "PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 4000")
            }
            let pool = try DatabasePool(path: file.path, configuration: configuration)
            try pool.write { db in
                try prepare(db, file)
                // What a process that was ended had claimed is free again.
                try db.execute(
                    sql: "UPDATE stale SET claimed = NULL, tries = tries + 1 WHERE claimed IS NOT NULL")
            }
            return pool
        } catch let error as ServerError { throw error } catch let error as DatabaseError {
            throw ServerError.store(
                place: file.path,
                message: error.resultCode == .SQLITE_NOTADB || error.resultCode == .SQLITE_CORRUPT
                    ? "is damaged or no SQLite database (\(error.message ?? "")); move it away, or name "
                        + "another store"
                    : "cannot be opened (\(error.message ?? "\(error.resultCode)")); expected a file that "
                        + "can be written"
            )
        } catch {
            throw ServerError.store(
                place: file.path, message: "cannot be made (\(error.localizedDescription))")
        }
    }

    private static func prepare(_ db: Database, _ file: URL) throws {
        let (found, version) = (
            try Int.fetchOne(db, sql: "PRAGMA application_id") ?? 0,
            try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
        )
        let tables = try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_master") ?? 0
        if found == 0, tables == 0 {
            try db.execute(
                sql: statements
                    + "PRAGMA application_id = \(application); PRAGMA user_version = \(Self.version);")
            return
        }
        guard found == application else {
            throw ServerError.store(
                place: file.path, message: "is the database of another program; name another store")
        }
        guard version == Self.version else {
            throw ServerError.store(
                place: file.path,
                message: "is of layout \(version), this program's is \(Self.version); name another store")
        }
        let fault = try String.fetchOne(db, sql: "PRAGMA quick_check(1)") ?? "ok"
        guard fault == "ok" else {
            throw ServerError.store(
                place: file.path, message: "is damaged (\(fault)); move it away, or name another store")
        }
    }
}
