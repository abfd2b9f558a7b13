import DuckDB
import Foundation
public import Pipeline

/// Reads a mapped source as a whole, in DuckDB and in bounded memory, and says what is wrong with it. Needs
/// no model.
public struct SourceCheck {
    private let configuration: ConstructConfiguration
    private let duckDB: DuckDBProgram

    /// - Throws: `DuckDBError.missingProgram`.
    public init(_ configuration: ConstructConfiguration, threads: Int) throws {
        self.configuration = configuration
        duckDB = try DuckDBProgram.fetched(threads: threads, memoryLimit: configuration.memoryLimit)
    }

    /// Counts and faults.
    ///
    /// - Throws: `DataConstructionError.missingFiles`, or `DuckDBError` for files that cannot be read at all.
    public func report() throws -> SourceReport {
        let folder = FileManager.default.temporaryDirectory.appending(
            path: "taiji-check-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let mapped = try MappedSource(configuration.source, by: duckDB, in: folder)
        let named = ColumnCheck(mapped: mapped).faults
        guard named.isEmpty else { return SourceReport(counts: SourceCounts(), faults: named) }
        try duckDB.run(mapped.scripts(), in: folder)
        return try SourceReport(of: configuration.source, in: folder)
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
