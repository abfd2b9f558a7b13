import DuckDB
import Foundation
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

    /// Writes the tables and their summary.
    ///
    /// - Throws: `DuckDBError` for a source that does not fit, `DataConstructionError` for an empty split.
    public func writeTables(
        to tables: ConstructedTables, progress: RunProgress
    ) throws -> ConstructionSummary {
        progress.begin("tables", total: 1)
        let parts = try ["population", "impressions", "samples", "write"].map(Self.statements)
        try duckDB.run([settings(), sourceScript()] + parts, in: tables.folder)
        let summary = try writeTexts(tables)
        try tables.summary.write(summary)
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
        let values: [(String, String)] = [
            ("folder", DuckDBProgram.literal(try configuration.source.resolvedFolder().path)),
            ("seed", "\(seed)"),
            ("reward_weeks", "\(weeks.languageModel - 1)"),
            ("language_start", "\(weeks.startHour(of: weeks.languageModel))"),
            ("ranker_start", "\(weeks.startHour(of: weeks.rankerTraining))"),
            ("test_start", "\(weeks.startHour(of: weeks.test))"),
            ("end_time", "\(weeks.startHour(of: weeks.end))"), ("users", "\(configuration.users)"),
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
    private func writeTexts(_ tables: ConstructedTables) throws -> ConstructionSummary {
        let raw = RawTables(folder: tables.folder)
        let users = try raw.users.read().map { raw in
            User(
                id: raw.id, profile: ProfileText.render(raw.attributes, favorites: raw.favorites),
                attributes: raw.attributes, role: raw.role)
        }
        let items = try tables.items()
        let samples = try raw.samples.read().map { sample($0, users, items) }
        let inference = try raw.inference.read().map { inferencePrompt($0, users, items) }
        let skipped = try raw.skipped.read()
        let summary = ConstructionSummary(
            users: users.count, items: items.count, catalogue: try tables.catalogue().count,
            samples: Dictionary(grouping: samples, by: \.role.rawValue).mapValues(\.count),
            skipped: Dictionary(skipped.map { ($0.reason, $0.rows) }, uniquingKeysWith: +),
            periods: try raw.periods.read())
        try SplitCheck.check(summary, users: users.count, inference: inference.count)
        try SplitCheck.check(samples, tables.events(users: users, items: items))
        try tables.userFile.write(users)
        try tables.sampleFile.write(samples)
        try tables.inferenceFile.write(inference)
        try raw.remove()
        return summary
    }

    private func inferencePrompt(_ raw: RawInference, _ users: [User], _ items: [Item]) -> InferencePrompt {
        let weeks = configuration.weeks
        return InferencePrompt(
            user: raw.user, time: Int32(weeks.startHour(of: weeks.rankerTraining)),
            prompt: PromptBuilder.plain(
                profile: users[Int(raw.user)].profile, history: raw.history.map { items[Int($0)] },
                request: configuration.request))
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
