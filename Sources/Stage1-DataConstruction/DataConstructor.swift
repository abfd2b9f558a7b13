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
        duckDB = try DuckDBProgram.fetched(threads: threads, memoryLimit: configuration.memoryLimit)
    }

    /// Writes the tables and their summary.
    ///
    /// - Throws: `DuckDBError` for a source that does not fit, `DataConstructionError` for faults of the
    /// logs or
    ///   an empty split.
    public func writeTables(
        to tables: ConstructedTables, progress: RunProgress
    ) throws -> ConstructionSummary {
        progress.begin("tables", total: 1)
        let raw = RawTables(folder: tables.folder)
        try makeRelations(in: tables.folder)
        let context = try context(of: tables, raw)
        let summary = try writeTexts(tables, raw, context)
        try tables.summary.write(summary)
        progress.end("\(summary.users) users, \(summary.items) items, \(summary.catalogue) titles")
        return summary
    }

    /// Runs the statements; for mapped files, with the same look at every row that `taiji check` has.
    ///
    /// - Throws: `DataConstructionError.faults` for faults that would spoil the run.
    private func makeRelations(in folder: URL) throws {
        guard configuration.source.isMapped else {
            return try duckDB.run(try scripts(source: [scriptOfUser()]), in: folder)
        }
        func refuse(_ faults: [SourceFault]) throws {
            let errors = faults.filter { $0.severity == .error }
            guard errors.isEmpty else { throw DataConstructionError.faults(errors) }
        }
        let mapped = try MappedSource(configuration.source, by: duckDB, in: folder)
        try refuse(ColumnCheck(mapped: mapped).faults)
        defer { SourceReport.removeParts(in: folder) }
        do {
            try duckDB.run(try scripts(source: mapped.scripts()), in: folder)
        } catch {
            // A fault of the files is the cause of what later statements cannot do.
            if let report = try? SourceReport(of: configuration.source, in: folder) {
                try refuse(report.faults)
            }
            throw error
        }
        try refuse(SourceReport(of: configuration.source, in: folder).faults)
    }

    /// The statements of `construct.source.script`.
    func scriptOfUser() throws -> SQLScript {
        let path = configuration.source.script
        guard !path.isEmpty else { throw DataConstructionError.noSource }
        guard let text = try? String(contentsOf: URL(filePath: path), encoding: .utf8) else {
            throw DataConstructionError.missingScript(path: path)
        }
        return SQLScript(name: URL(filePath: path).lastPathComponent, statements: text)
    }

    /// All statements, from settings to files.
    private func scripts(source: [SQLScript]) throws -> [SQLScript] {
        [try settings(), try SQLScript.bundled("before-source")] + source + (try statements())
    }

    /// What makes the tables of the source relations.
    private func statements() throws -> [SQLScript] {
        let windows = SQLScript(name: "windows", statements: configuration.windows.statements)
        let origin =
            configuration.source.impressions.files.isEmpty ? configuration.standIn.rawValue : "logged"
        let impressions = origin == "popular" || origin == "uniform" ? "sampled" : origin
        let names = ["population", "impressions-\(impressions)", "impressions", "samples", "write"]
        return [try SQLScript.bundled("after-source"), windows] + (try names.map(SQLScript.bundled))
    }

    /// What the statements read with `getvariable`.
    func settings() throws -> SQLScript {
        let values: [(String, String)] = [
            ("folder", DuckDBProgram.literal(try configuration.source.resolvedFolder().path)),
            ("seed", "\(seed)"), ("users", "\(configuration.users)"),
            ("minimum_purchases", "\(configuration.minimumPurchases)"),
            ("activate_users", "\(configuration.activateUsers)"),
            ("collaborate_users", "\(configuration.collaborateUsers)"),
            ("test_users", "\(configuration.testUsers)"),
            ("catalogue_size", "\(configuration.catalogueSize)"),
            ("history_length", "\(configuration.historyLength)"),
            ("samples_per_user", "\(configuration.samplesPerUser)"),
            ("impression_rate", "\(configuration.impressionRate)"),
            ("auction_visits", "\(configuration.auctionVisits)"),
            ("negatives", "\(configuration.negativesPerVisit)"),
            ("stand_in", DuckDBProgram.literal(configuration.standIn.rawValue)),
        ]
        let variables = values.map { "SET VARIABLE \($0) = \($1);" } + [configuration.windows.dateStatements]
        return SQLScript(name: "settings", statements: variables.joined(separator: "\n"))
    }

    /// Fields of the moment of an impression, each with its usual value before the language model's window.
    private func context(of tables: ConstructedTables, _ raw: RawTables) throws -> [ContextField] {
        let file = DuckDBProgram.literal(tables.impressions.lastPathComponent)
        let base = Impression.columns.map(DuckDBProgram.literal).joined(separator: ", ")
        let names = """
            COPY (SELECT column_name AS name FROM (DESCRIBE SELECT * FROM read_parquet(\(file)))
                  WHERE column_name NOT IN (\(base))) TO '\(raw.contextNames.url.lastPathComponent)'
                      (FORMAT json);
            """
        try duckDB.run([SQLScript(name: "context", statements: names)], in: tables.folder)
        return try raw.contextNames.read().map { field in
            let column = SourceTable.identifier(field.name)
            let usual = """
                COPY (SELECT coalesce(mode(CAST(\(column) AS VARCHAR) ORDER BY \(column)), '') AS usual
                      FROM read_parquet(\(file)) WHERE period = '\(TimePeriod.rewardTraining.rawValue)')
                TO '\(raw.usual.url.lastPathComponent)' (FORMAT json);
                """
            try duckDB.run([SQLScript(name: "context", statements: usual)], in: tables.folder)
            return ContextField(name: field.name, usual: try raw.usual.read().first?.usual ?? "")
        }
    }

    /// Turns the raw rows into users with profiles and samples with prompts, and checks the splits.
    private func writeTexts(
        _ tables: ConstructedTables, _ raw: RawTables, _ context: [ContextField]
    ) throws -> ConstructionSummary {
        let users = try raw.users.read().map { raw in
            User(
                id: raw.id, profile: ProfileText.render(raw.attributes, favorites: raw.favorites),
                attributes: raw.attributes, role: raw.role)
        }
        let items = try tables.items()
        let samples = try raw.samples.read().map { sample($0, users, items) }
        guard let windows = try raw.windows.read().first else {
            throw DataConstructionError.emptySplit(name: "windows", advice: "set construct.windows")
        }
        let inference = try raw.inference.read().map {
            inferencePrompt($0, users, items, at: windows.rankerTraining)
        }
        let skipped = try raw.skipped.read()
        let summary = ConstructionSummary(
            users: users.count, items: items.count, catalogue: try tables.catalogue().count,
            samples: Dictionary(grouping: samples, by: \.role.rawValue).mapValues(\.count),
            skipped: Dictionary(skipped.map { ($0.reason, $0.rows) }, uniquingKeysWith: +),
            periods: try raw.periods.read(), windows: windows, context: context,
            impressions: configuration.source.impressions.files.isEmpty
                ? configuration.standIn.origin : .logged)
        try SplitCheck.check(summary, users: users.count, inference: inference.count)
        try SplitCheck.check(
            samples, tables.events(users: users, items: items), isOfVisit: summary.impressions == .promotions)
        try tables.userFile.write(users)
        try tables.sampleFile.write(samples)
        try tables.inferenceFile.write(inference)
        try raw.remove()
        return summary
    }

    private func inferencePrompt(
        _ raw: RawInference, _ users: [User], _ items: [Item], at time: Int64
    ) -> InferencePrompt {
        InferencePrompt(
            user: raw.user, time: time,
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
            id: "\(raw.role.rawValue)-\(users[Int(raw.user)].id)" + (raw.place > 1 ? "-\(raw.place)" : ""),
            user: raw.user, role: raw.role,
            time: raw.time,
            history: raw.history, target: raw.target,
            prompt: PromptBuilder.plain(
                profile: profile, history: history, request: configuration.request),
            revealedPrompt: revealed)
    }
}
