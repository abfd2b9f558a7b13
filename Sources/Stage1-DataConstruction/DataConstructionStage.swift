import Catalogue
import Foundation
import LanguageModels
public import Pipeline

/// Stage 1, data construction (§2.1): tables and prompts from the logs, titles as vectors, then the teacher's
/// reasoning.
public enum DataConstructionStage {
    /// Does the stage, or what is left of it.
    public static func perform(_ run: Run) throws {
        let configuration = run.configuration
        let tables = try run.make(Steps.tables) { output in
            _ = try DataConstructor(
                configuration.construct, seed: configuration.seed, threads: configuration.threads
            ).writeTables(to: output, progress: run.progress)
        }
        try run.make(Steps.titles) { output in
            let encoder = try SentenceEncoder(named: configuration.embedder)
            try TitleIndex(tables.catalogue(), by: encoder, progress: run.progress).write(to: output)
        }
        try run.make(Steps.teacher) { output in
            try Teacher(
                LanguageModel(configuration, precision: .stored),
                configuration: configuration.construct.teacher, seed: configuration.stream(.teacher).state
            ).writeReasoning(
                for: tables.samples(.activate), items: tables.items(), into: output, progress: run.progress)
        }
    }

    /// A digest of the logs: names and sizes of the files, which are too large to read at every start, and a
    /// script's text.
    ///
    /// - Throws: `DataConstructionError.missingSource`.
    public static func digest(ofLogs source: SourceConfiguration) throws -> String {
        let folder = try source.resolvedFolder()
        // Folders beside the logs, such as runs, are not part of them.
        let keys: Set<URLResourceKey> = [.fileSizeKey, .isRegularFileKey]
        let found = try? FileManager.default.contentsOfDirectory(
            at: folder, includingPropertiesForKeys: Array(keys))
        // Folders beside the logs, such as runs, are not part of them.
        let files = try (found ?? []).filter { try $0.resourceValues(forKeys: keys).isRegularFile == true }
        guard !files.isEmpty else { throw DataConstructionError.missingSource(path: folder.path) }
        let sizes = try files.sorted { $0.lastPathComponent < $1.lastPathComponent }.map { file in
            "\(file.lastPathComponent) \(try file.resourceValues(forKeys: [.fileSizeKey]).fileSize ?? 0)"
        }
        let script = source.script
        let text = script.isEmpty ? "" : try String(contentsOf: URL(filePath: script), encoding: .utf8)
        return try Fingerprint.of(sizes + [text])
    }
}
