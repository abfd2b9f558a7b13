import DuckDB
import Foundation
public import Pipeline

/// Reads a source as a whole, in DuckDB and in bounded memory, makes the tables of a run from it, and says
/// what is wrong with it. Needs no model.
public struct SourceCheck {
    private let constructor: DataConstructor

    /// - Parameter configuration: whose `prompt.maximumTokens` has no effect: a check has no tokenizer.
    /// - Throws: `DuckDBError.missingProgram`.
    public init(_ configuration: ConstructConfiguration, seed: Int, threads: Int) throws {
        constructor = try DataConstructor(configuration, seed: seed, threads: threads)
    }

    /// Counts and faults, and, without errors among these, windows and prompts.
    ///
    /// - Throws: `DataConstructionError.missingFiles`, or `DuckDBError` for files that cannot be read at all.
    public func report() throws -> SourceReport {
        let folder = FileManager.default.temporaryDirectory.appending(
            path: "taiji-check-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        var (report, failure) = try constructor.readLogs(in: folder, counts: true)
        guard !report.hasErrors else { return report }
        let tables = ConstructedTables(folder: folder)
        do {
            if let failure { throw failure }
            let summary = try constructor.writeTexts(to: tables)
            report.run = try RunReport(summary, tables)
            report.faults += RunReport.faults(of: summary)
        } catch let error as DataConstructionError {
            report.faults.insert(SourceFault(stopping: "\(error)"), at: 0)
        } catch let error as DuckDBError {
            report.faults.insert(SourceFault(stopping: "\(error)"), at: 0)
        }
        return report
    }
}

extension SourceFault {
    /// What stops a run after its logs were read.
    fileprivate init(stopping message: String) {
        let parts = message.split(separator: "; ", maxSplits: 1).map(String.init)
        self.init(
            severity: .error, code: "noRun", file: nil, row: nil, column: nil, value: nil, rows: 0,
            reason: parts[0], remedy: parts.count > 1 ? parts[1] : "see Docs/OwnLogs.md")
    }
}

extension SourceReport {
    /// The report of what `MappedSource.scripts` wrote into a folder.
    init(of source: SourceConfiguration, in folder: URL) throws {
        counts = try JSONLinesFile<SourceCounts>(folder, "counts.jsonl").read().first ?? SourceCounts()
        let found = try JSONLinesFile<FoundFault>(folder, "faults.jsonl").read()
        let sentences = FaultSentence(source: source)
        faults = Self.ordered(found.compactMap(sentences.fault) + CountCheck(counts, source).faults)
    }

    /// Errors first, and among them what may be the cause of others: rows that could not be read at all.
    private static func ordered(_ faults: [SourceFault]) -> [SourceFault] {
        let causes = [FaultCode.encoding, .unclosedQuote, .raggedRow, .wrongUnit].map(\.rawValue)
        func rank(_ fault: SourceFault) -> Int {
            (fault.severity == .error ? 0 : 100) + (causes.firstIndex(of: fault.code) ?? causes.count)
        }
        return faults.enumerated().sorted { (rank($0.element), $0.offset) < (rank($1.element), $1.offset) }
            .map(\.element)
    }

    /// Removes what the report is made of.
    static func removeParts(in folder: URL) {
        for name in ["counts.jsonl", "faults.jsonl"] {
            try? FileManager.default.removeItem(at: folder.appending(path: name))
        }
    }
}
