import Catalogue
import Foundation
import LanguageModels
public import Pipeline
public import RemoteModels
import Tokenization

/// Stage 1, data construction (§2.1): tables and prompts from the logs, titles as vectors, then the teacher's
/// reasoning.
public enum DataConstructionStage {
    /// Does the stage, or what is left of it.
    ///
    /// - Parameter unanswered: what becomes of a remote teacher's requests that have no answer yet.
    public static func perform(_ run: Run, unanswered: RemoteModel.Unanswered = .asked) throws {
        let configuration = run.configuration
        func tokenCount() throws -> ((String) throws -> Int)? {
            guard configuration.construct.prompt.maximumTokens > 0 else { return nil }
            let tokenizer = try ModelLocation.tokenizer(of: configuration.model)
            return { tokenizer.encode($0).count }
        }
        let tables = try run.make(Steps.tables) { output in
            _ = try DataConstructor(
                configuration.construct, seed: configuration.seed, threads: configuration.threads,
                tokenCount: tokenCount()
            ).writeTables(to: output, progress: run.progress)
        }
        if run.needs(Steps.snapshotPrompts) {
            try run.make(Steps.snapshotPrompts) { output in
                try SnapshotPromptWriter(configuration, tables, tokenCount: tokenCount())
                    .write(to: output, progress: run.progress)
            }
        }
        try run.make(Steps.titles) { output in
            let encoder = try SentenceEncoder(named: configuration.embedder)
            try TitleIndex(tables.catalogue(), by: encoder, progress: run.progress).write(to: output)
        }
        try run.make(Steps.teacher) { output in
            let settings = configuration.construct.teacher
            let model = try run.generator(.teacher, settings.endpoint, unanswered: unanswered) {
                try LanguageModel(configuration, precision: .stored)
                    .drawing(with: settings.generationWeights)
            }
            try Teacher(
                model, configuration: settings, seed: configuration.stream(.teacher).state
            ).writeReasoning(
                for: tables.samples(.activate), items: tables.items(), into: output, progress: run.progress)
        }
    }

    /// A digest of the logs: names and sizes of the files, which are too large to read at every start, and a
    /// script's text.
    ///
    /// - Throws: `DataConstructionError.noSource`, `.missingFiles` or `.missingSource`.
    public static func digest(ofLogs source: SourceConfiguration) throws -> String {
        if source.isMapped { return try digest(ofFiles: source) }
        guard !source.script.isEmpty else { throw DataConstructionError.noSource }
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
        guard let text = try? String(contentsOf: URL(filePath: source.script), encoding: .utf8) else {
            throw DataConstructionError.missingScript(path: source.script)
        }
        return try Fingerprint.of(sizes + [text])
    }

    private static func digest(ofFiles source: SourceConfiguration) throws -> String {
        let folder = try source.resolvedFolder().path
        let relations = [
            ("users", source.users.files), ("items", source.items.files), ("events", source.events.files),
            ("impressions", source.impressions.files),
        ]
        return try Fingerprint.of(
            relations.flatMap { name, patterns in
                try SourceFileList.expand(patterns, in: folder, setting: "construct.source.\(name).files")
                    .map { file in
                        let size = try? FileManager.default.attributesOfItem(atPath: file)[.size] as? Int
                        return "\(name) \(URL(filePath: file).lastPathComponent) \(size ?? 0)"
                    }
            })
    }
}
