import DuckDB
public import Foundation
public import Pipeline

/// Builds the tables of stage 1 from the logs, §2.1.1: users, items, behaviour sequences, impressions,
/// splits, prompts.
public struct DataConstructor {
    private let configuration: ConstructConfiguration
    private let seed: Int
    private let duckDB: DuckDBProgram

    /// - Throws: `DuckDBError.missingProgram`.
    public init(_ configuration: ConstructConfiguration, seed: Int, threads: Int) throws {
        self.configuration = configuration
        self.seed = seed
        duckDB = try DuckDBProgram.fetched(threads: threads)
    }

    /// The folder of the source's files; a script's own folder where none is set.
    ///
    /// - Throws: `DataConstructionError.missingSource`.
    public func sourceFolder() throws -> URL {
        let source = configuration.source
        if !source.folder.isEmpty { return URL(filePath: source.folder) }
        if !source.script.isEmpty { return URL(filePath: source.script).deletingLastPathComponent() }
        let folders = DuckDBProgram.fetchedFolders.map { $0.appending(path: "data/completejourney") }
        guard let found = folders.first(where: { FileManager.default.fileExists(atPath: $0.path) }) else {
            throw DataConstructionError.missingSource(path: folders[0].path)
        }
        return found
    }

    /// Writes the tables and `summary.json` into a folder.
    ///
    /// - Throws: `DuckDBError` for a source that does not fit, `DataConstructionError` for an empty split.
    public func writeTables(to folder: URL, progress: RunProgress) throws -> ConstructionSummary {
        progress.begin("tables", total: 1)
        let parts = try ["population", "impressions", "samples", "write"].map(Self.statements)
        try duckDB.run([settings(), sourceScript()] + parts, in: folder)
        let summary = try writeTexts(in: folder)
        try AtomicFile.write(summary, json: folder.appending(path: "summary.json"))
        progress.end("\(summary.users) users, \(summary.items) items, \(summary.catalogue) titles")
        return summary
    }

    /// What makes the source relations: the user's script, or The Complete Journey's.
    private func sourceScript() throws -> SQLScript {
        let path = configuration.source.script
        if path.isEmpty { return try Self.statements("source-complete-journey") }
        guard let text = try? String(contentsOf: URL(filePath: path), encoding: .utf8) else {
            throw DataConstructionError.missingScript(path: path)
        }
        return SQLScript(name: URL(filePath: path).lastPathComponent, statements: text)
    }

    /// What the statements read with `getvariable`.
    func settings() throws -> SQLScript {
        let weeks = configuration.weeks
        // Week 1 is the log's first Sunday alone; week w begins on the Monday w − 2 weeks later.
        let start = { (week: Int) in 24 + 168 * (week - 2) }
        let values: [(String, String)] = [
            ("folder", DuckDBProgram.literal(try sourceFolder().path)), ("seed", "\(seed)"),
            ("reward_weeks", "\(weeks.languageModel - 1)"),
            ("language_start", "\(start(weeks.languageModel))"),
            ("ranker_start", "\(start(weeks.rankerTraining))"), ("test_start", "\(start(weeks.test))"),
            ("end_time", "\(start(weeks.end))"), ("users", "\(configuration.users)"),
            ("minimum_purchases", "\(configuration.minimumPurchases)"),
            ("activate_users", "\(configuration.activateUsers)"),
            ("collaborate_users", "\(configuration.collaborateUsers)"),
            ("test_users", "\(configuration.testUsers)"),
            ("catalogue_size", "\(configuration.catalogueSize)"),
            ("history_length", "\(configuration.historyLength)"),
            ("impression_rate", "\(configuration.impressionRate)"),
            ("auction_visits", "\(configuration.auctionVisits)"),
        ]
        // Sources count here what they leave out.
        let skipped = "CREATE TABLE source_skipped (reason VARCHAR, rows BIGINT);\n"
        let variables = values.map { "SET VARIABLE \($0) = \($1);" }.joined(separator: "\n")
        return SQLScript(name: "settings", statements: skipped + variables)
    }

    static func statements(_ name: String) throws -> SQLScript {
        guard let url = Bundle.module.url(forResource: name, withExtension: "sql", subdirectory: "SQL") else {
            throw DataConstructionError.missingStatements(name: name)
        }
        return SQLScript(name: "\(name).sql", statements: try String(contentsOf: url, encoding: .utf8))
    }

    /// Turns the raw rows into users with profiles and samples with prompts, and checks the splits.
    private func writeTexts(in folder: URL) throws -> ConstructionSummary {
        let file = { (name: String) in folder.appending(path: name) }
        let users = try JSONLines.read(RawUser.self, from: file("users-raw.jsonl")).map { raw in
            User(
                id: raw.id, profile: ProfileText.render(raw.attributes, favorites: raw.favorites),
                attributes: raw.attributes, role: raw.role)
        }
        let items = try JSONLines.read(Item.self, from: file(ConstructedFiles.items))
        let samples = try JSONLines.read(RawSample.self, from: file("samples-raw.jsonl")).map { raw in
            sample(raw, users, items)
        }
        let rankerStart = Int32(24 + 168 * (configuration.weeks.rankerTraining - 2))
        let inference = try JSONLines.read(RawInference.self, from: file("inference-raw.jsonl")).map { raw in
            InferencePrompt(
                user: raw.user, time: rankerStart,
                prompt: PromptBuilder.plain(
                    profile: users[Int(raw.user)].profile, history: raw.history.map { items[Int($0)] },
                    request: configuration.request))
        }
        let periods = try JSONLines.read(ConstructionSummary.Period.self, from: file("periods.jsonl"))
        let skipped = try JSONLines.read(RawSkipped.self, from: file("skipped.jsonl"))
        let catalogue = try JSONLines.read(CatalogueEntry.self, from: file(ConstructedFiles.catalogue))
        let summary = ConstructionSummary(
            users: users.count, items: items.count, catalogue: catalogue.count,
            samples: Dictionary(grouping: samples, by: \.role.rawValue).mapValues(\.count),
            skipped: Dictionary(skipped.map { ($0.reason, $0.rows) }, uniquingKeysWith: +), periods: periods)
        try SplitCheck.check(summary, users: users.count, inference: inference.count)
        let events = try Event.read(
            file(ConstructedFiles.events), userCount: users.count, itemCount: items.count)
        try SplitCheck.check(samples, events)
        try JSONLines.write(users, to: file(ConstructedFiles.users))
        try JSONLines.write(samples, to: file(ConstructedFiles.samples))
        try JSONLines.write(inference, to: file(ConstructedFiles.inference))
        for name in ["users-raw", "samples-raw", "inference-raw", "periods", "skipped"] {
            try FileManager.default.removeItem(at: file("\(name).jsonl"))
        }
        return summary
    }

    private func sample(_ raw: RawSample, _ users: [User], _ items: [Item]) -> PromptSample {
        let profile = users[Int(raw.user)].profile
        let history = raw.history.map { items[Int($0)] }
        let revealed =
            raw.role == .activate
            ? PromptBuilder.revealing(profile: profile, history: history, target: items[Int(raw.target)]) : ""
        return PromptSample(
            id: "\(raw.role.rawValue)-\(users[Int(raw.user)].id)", user: raw.user, role: raw.role,
            time: raw.time,
            history: raw.history, target: raw.target,
            prompt: PromptBuilder.plain(
                profile: profile, history: history, request: configuration.request),
            revealedPrompt: revealed)
    }
}
