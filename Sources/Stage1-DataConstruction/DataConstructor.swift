import DuckDB
import Foundation
public import Pipeline

/// Builds the tables of stage 1 from the logs, §2.1.1: users, items, behaviour sequences, impressions,
/// splits, prompts.
public struct DataConstructor {
    private let configuration: ConstructConfiguration
    private let seed: Int
    private let duckDB: DuckDBProgram
    private let tokenCount: ((String) throws -> Int)?

    /// - Parameter tokenCount: tokens of a text, which `construct.prompt.maximumTokens` needs.
    /// - Throws: `DuckDBError.missingProgram`.
    public init(
        _ configuration: ConstructConfiguration, seed: Int, threads: Int,
        tokenCount: ((String) throws -> Int)? = nil
    ) throws {
        self.configuration = configuration
        self.seed = seed
        self.tokenCount = tokenCount
        duckDB = try DuckDBProgram.fetched(threads: threads, memoryLimit: configuration.memoryLimit)
    }

    /// Writes the tables and their summary.
    ///
    /// - Throws: `DuckDBError` for a source that does not fit, `DataConstructionError` for faults of the logs
    ///   or an empty split.
    public func writeTables(
        to tables: ConstructedTables, progress: RunProgress
    ) throws -> ConstructionSummary {
        progress.begin("tables", total: 1)
        let (report, failure) = try readLogs(in: tables.folder)
        // A fault of the files is the cause of what later statements cannot do.
        let errors = report.faults.filter { $0.severity == .error }
        guard errors.isEmpty else { throw DataConstructionError.faults(errors) }
        if let failure { throw failure }
        let summary = try writeTexts(to: tables)
        SourceReport.removeParts(in: tables.folder)
        try tables.summary.write(summary)
        let cut =
            summary.cutPrompts > 0
            ? ", \(summary.cutPrompts) prompts cut by \(summary.cutBehaviors) behaviours in all" : ""
        progress.end("\(summary.users) users, \(summary.items) items, \(summary.catalogue) titles\(cut)")
        return summary
    }

    /// Reads the logs and writes their rows.
    ///
    /// - Returns: what was found in the logs, and the error of the first statement that could not be done.
    /// - Parameter counts: whether rows are counted where no mapping asks for it.
    func readLogs(in folder: URL, counts: Bool = false) throws -> (
        report: SourceReport, failure: (any Error)?
    ) {
        let source = configuration.source
        var scripts: [SQLScript] = []
        if source.isMapped {
            let mapped = try MappedSource(source, by: duckDB, in: folder)
            let faults = ColumnCheck(mapped: mapped).faults
            guard faults.isEmpty else { return (SourceReport(counts: .init(), faults: faults), nil) }
            scripts = try mapped.scripts()
        } else {
            scripts = [try scriptOfUser()]
        }
        do {
            try duckDB.run(self.scripts(source: scripts, counts: counts || source.isMapped), in: folder)
        } catch {
            guard let report = try? SourceReport(of: configuration.source, in: folder) else { throw error }
            return (report, error)
        }
        guard counts || source.isMapped else { return (SourceReport(counts: .init(), faults: []), nil) }
        return (try SourceReport(of: source, in: folder), nil)
    }

    /// Turns the rows into users with profiles and samples with prompts, and checks the splits.
    ///
    /// - Throws: `DataConstructionError` for an empty split.
    func writeTexts(to tables: ConstructedTables) throws -> ConstructionSummary {
        let raw = RawTables(folder: tables.folder)
        return try writeTexts(tables, raw, context(of: tables, raw))
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

    /// What impressions are. A script that logs them has to name their relation.
    private func origin() throws -> ImpressionOrigin {
        let source = configuration.source
        let isLogged =
            source.isMapped
            ? !source.impressions.files.isEmpty
            : try scriptOfUser().statements.contains("source_impressions")
        return isLogged ? .logged : configuration.standIn.origin
    }

    /// All statements, from settings to files.
    private func scripts(source: [SQLScript], counts: Bool) throws -> [SQLScript] {
        [try settings(), try SQLScript.bundled("before-source")] + source + (try statements(counts: counts))
    }

    /// What makes the tables of the source relations.
    private func statements(counts: Bool) throws -> [SQLScript] {
        let windows = SQLScript(name: "windows", statements: configuration.windows.statements)
        let impressions =
            switch try origin() {
            case .logged: "logged"
            case .promotions: "promotions"
            case .popular, .uniform: "sampled"
            }
        let names = ["population", "impressions-\(impressions)", "impressions", "samples", "write"]
        return try (["after-source"] + (counts ? ["counts"] : [])).map(SQLScript.bundled) + [windows]
            + names.map(SQLScript.bundled)
    }

    /// What the statements read with `getvariable`.
    func settings() throws -> SQLScript {
        let values: [(String, String)] = [
            ("folder", DuckDBProgram.literal(try configuration.source.resolvedFolder().path)),
            ("seed", "\(seed)"), ("users", "\(configuration.users)"),
            ("minimum_purchases", "\(configuration.minimumPurchases)"),
            ("qualifying", DuckDBProgram.literal(configuration.qualifying.rawValue)),
            ("activate_users", "\(configuration.activateUsers)"),
            ("collaborate_users", "\(configuration.collaborateUsers)"),
            ("test_users", "\(configuration.testUsers)"),
            ("catalogue_size", "\(configuration.catalogueSize)"),
            ("history_length", "\(configuration.historyLength)"),
            ("samples_per_user", "\(configuration.samplesPerUser)"),
            ("usual_items", "\(configuration.prompt.usualItems)"),
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

    private func writeTexts(
        _ tables: ConstructedTables, _ raw: RawTables, _ context: [ContextField]
    ) throws -> ConstructionSummary {
        guard let windows = try raw.windows.read().first else {
            throw DataConstructionError.emptySplit(name: "windows", advice: "set construct.windows")
        }
        var builder = try PromptBuilder(configuration.prompt, tokenCount: tokenCount)
        let users = try raw.users.read().map { raw in
            User(
                id: raw.id, profile: builder.profile(raw.attributes, favorites: raw.favorites),
                attributes: raw.attributes, role: raw.role)
        }
        let items = try tables.items()
        func state(_ user: Int32, _ history: [Int32], _ usual: [RawUsualItem]) -> PromptBuilder.State {
            PromptBuilder.State(
                profile: users[Int(user)].profile, history: history.map { items[Int($0)] },
                usual: usual.map { (items[Int($0.item)], $0.count) })
        }
        let samples = try raw.samples.read().map { raw in
            let prompts = try builder.prompts(
                state(raw.user, raw.history, raw.usual),
                target: raw.role == .activate ? items[Int(raw.target)] : nil)
            return PromptSample(
                id: "\(raw.role.rawValue)-\(users[Int(raw.user)].id)"
                    + (raw.place > 1 ? "-\(raw.place)" : ""),
                user: raw.user, role: raw.role, time: raw.time, history: raw.history, target: raw.target,
                prompt: prompts.plain, revealedPrompt: prompts.revealed)
        }
        let inference = try raw.inference.read().map { raw in
            InferencePrompt(
                user: raw.user, time: windows.rankerTraining,
                prompt: try builder.prompts(state(raw.user, raw.history, raw.usual), target: nil).plain)
        }
        let skipped = try raw.skipped.read()
        let summary = ConstructionSummary(
            users: users.count, items: items.count, catalogue: try tables.catalogue().count,
            samples: Dictionary(grouping: samples, by: \.role.rawValue).mapValues(\.count),
            skipped: Dictionary(skipped.map { ($0.reason, $0.rows) }, uniquingKeysWith: +),
            periods: try raw.periods.read(), windows: windows, context: context,
            impressions: try origin(),
            cutPrompts: builder.cuts.prompts, cutBehaviors: builder.cuts.behaviors)
        try SplitCheck.check(summary, users: users.count, inference: inference.count)
        try SplitCheck.check(
            samples, tables.events(users: users, items: items), origin: summary.impressions)
        try tables.userFile.write(users)
        try tables.sampleFile.write(samples)
        try tables.inferenceFile.write(inference)
        try raw.remove()
        return summary
    }
}
