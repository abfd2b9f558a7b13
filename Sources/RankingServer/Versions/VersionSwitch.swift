import Foundation
import Logging
import Pipeline
import RankingModels

/// Brings further versions in beside the one that answers, and changes which one that is.
actor VersionSwitch {
    private let store: any ServingStore
    private let book: VersionBook
    private let settings: ServeConfiguration
    private let logger: Logger
    /// How a version's folder is loaded.
    private let load: @Sendable (URL) throws -> ServedVersion
    private var itemChange: Int64 = 0

    init(
        _ store: any ServingStore, _ book: VersionBook, _ settings: ServeConfiguration, _ logger: Logger,
        load: @escaping @Sendable (URL) throws -> ServedVersion
    ) {
        self.store = store
        self.book = book
        self.settings = settings
        self.logger = logger
        self.load = load
    }

    /// Loads a run beside the others; its features are made in the background.
    ///
    /// - Returns: the version's name.
    /// - Throws: `Problem` for a folder that is no finished run.
    func add(_ path: String, activates: Bool) async throws -> String {
        let directory = URL(filePath: path)
        guard FileManager.default.fileExists(atPath: directory.appending(path: "4-rank").path) else {
            throw Problem.invalid(
                "run", "'\(path.prefix(200))' is no run with a stage 4; make it with `taiji run`")
        }
        let version: ServedVersion
        do { version = try load(directory) } catch {
            throw Problem.invalid("run", "cannot be served: \(error)")
        }
        try await take(version, activates: activates)
        return version.name
    }

    /// Adds a loaded version to the store and to those that are reasoned about.
    func take(_ version: ServedVersion, activates: Bool) async throws {
        if try await !store.versions().contains(where: { $0.name == version.name }) {
            // Before the version is known: a start that is cut short does it again.
            let features = try version.importedFeatures()
            for start in stride(from: 0, to: features.count, by: 10_000) {
                try await store.importFeatures(Array(features[start..<min(start + 10_000, features.count)]))
            }
        }
        try await store.register(
            VersionRecord(
                name: version.name, directory: version.directory.path, activatesWhenReady: activates))
        version.put(try await store.items(after: 0).items)
        book.add(version)
        try await store.prepare(version: version.name)
        logger.info(
            "a version is loaded",
            metadata: ["version": "\(version.name)", "run": "\(version.directory.path)"])
    }

    /// Lets a version answer.
    ///
    /// - Throws: `Problem` where it is unknown or too few active users have its features.
    func activate(_ name: String, isForced: Bool) async throws {
        guard book[name] != nil else {
            throw Problem(
                status: 404, title: "No such version",
                detail: "'\(name.prefix(64))' is not loaded; see GET /v1/versions", field: "v")
        }
        // What answers already needs no switch.
        if try await store.activeVersion() == name, book.active.name == name { return }
        let (active, covered) = try await store.coverage(version: name)
        guard isForced || Double(covered) >= settings.activationShare * Double(active) else {
            throw Problem(
                status: 409, title: "The version is not ready",
                detail: "\(covered) of \(active) active users have its features; expected a share of "
                    + "\(settings.activationShare) (serve.activationShare), or \"force\": true", retryAfter: 5
            )
        }
        try await store.activate(name)
        _ = book.activate(name)
        logger.notice(
            "a version answers",
            metadata: ["version": "\(name)", "covered": "\(covered)", "active": "\(active)"])
    }

    /// Follows what other processes did, and activates what is ready.
    func follow() async throws {
        for record in try await store.versions() where book[record.name] == nil {
            do { book.add(try load(URL(filePath: record.directory))) } catch {
                logger.error(
                    "a version of the store cannot be loaded",
                    metadata: [
                        "version": "\(record.name)", "run": "\(record.directory)", "error": "\(error)",
                    ])
                continue
            }
            book[record.name]?.put(try await store.items(after: 0).items)
        }
        for record in try await store.versions() where record.activatesWhenReady {
            do { try await activate(record.name, isForced: false) } catch is Problem { continue }
        }
        if let wanted = try await store.activeVersion(), wanted != book.active.name {
            if book.activate(wanted) {
                logger.notice("a version answers", metadata: ["version": "\(wanted)"])
            }
        }
        // Users that have become active since a version came need its features too.
        for version in book.loaded where version.name != book.active.name {
            try await store.prepare(version: version.name)
        }
        let (items, change) = try await store.items(after: itemChange)
        if !items.isEmpty { for version in book.loaded { version.put(items) } }
        itemChange = change
    }

    /// `GET /v1/versions`.
    func describe() async throws -> JSON {
        var list: [JSON] = []
        for record in try await store.versions() {
            let (active, covered) = try await store.coverage(version: record.name)
            let work = try await store.work(version: record.name)
            let loaded = book[record.name]
            list.append([
                "name": .string(record.name), "directory": .string(record.directory),
                "isActive": .bool(record.name == book.active.name), "isLoaded": .bool(loaded != nil),
                "activatesWhenReady": .bool(record.activatesWhenReady),
                "codebook": .string(loaded?.enhanced.codebook ?? ""),
                "logsUntil": .integer(loaded?.logsUntil ?? 0), "activeUsers": .integer(Int64(active)),
                "coveredUsers": .integer(Int64(covered)), "staleUsers": .integer(Int64(work.waiting)),
                "givenUpUsers": .integer(Int64(work.dead)), "droppedUsers": .integer(Int64(work.dropped)),
            ])
        }
        return ["active": .string(book.active.name), "versions": .array(list)]
    }

    /// Writes how much work waits into the metrics.
    func measure(_ gauges: Gauges) async throws {
        let now = Date().timeIntervalSince1970
        for version in book.loaded {
            gauges.work(try await store.work(version: version.name), version: version.name, now: now)
            let (active, covered) = try await store.coverage(version: version.name)
            gauges.version(
                version.name, isActive: version.name == book.active.name,
                coverage: active > 0 ? Double(covered) / Double(active) : 1)
        }
    }
}
