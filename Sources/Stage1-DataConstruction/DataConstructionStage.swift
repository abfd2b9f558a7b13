import Foundation
import LanguageModels
public import Pipeline

/// Stage 1, data construction (§2.1): tables and prompts from the logs, then the teacher's reasoning.
///
/// Writes `1-construct/tables` and `1-construct/teacher`.
public enum DataConstructionStage {
    /// Does the stage, or what is left of it.
    public static func perform(
        in run: RunDirectory, _ configuration: TaijiConfiguration, progress: RunProgress
    ) throws {
        let constructor = try DataConstructor(
            configuration.construct, seed: configuration.seed, threads: configuration.threads)
        let inputs = [
            "configuration 'construct'": try Fingerprint.of(
                configuration.construct, later: ["request": .string(ConstructConfiguration.defaultRequest)]),
            "seed": "\(configuration.seed)", "source": try sourceFingerprint(constructor, configuration),
        ]
        try run.perform(ConstructedFiles.tablesStep, inputs: inputs) { folder in
            _ = try constructor.writeTables(to: folder, progress: progress)
        }
        let tables = run.folder(ConstructedFiles.tablesStep)
        let teacherInputs = [
            "tables": try run.fingerprint(ConstructedFiles.tablesStep),
            "configuration 'teacher'": try Fingerprint.of(configuration.teacher),
            "model": try ModelLocation.fingerprint(configuration), "seed": "\(configuration.seed)",
            "threads": "\(configuration.threads)",
        ]
        try run.perform(ConstructedFiles.teacherStep, inputs: teacherInputs) { folder in
            let samples = try JSONLines.read(
                PromptSample.self, from: tables.appending(path: ConstructedFiles.samples))
            let items = try JSONLines.read(Item.self, from: tables.appending(path: ConstructedFiles.items))
            let seed = SeededGenerator(seed: UInt64(configuration.seed), path: 1).state
            try Teacher(
                LanguageModel(configuration, precision: .stored), configuration: configuration.teacher,
                seed: seed
            )
            .writeReasoning(
                for: samples.filter { $0.role == .activate }, items: items, into: folder,
                progress: progress)
        }
    }

    /// Names and sizes of the source's files: their contents are too large to digest at every start.
    private static func sourceFingerprint(
        _ constructor: DataConstructor, _ configuration: TaijiConfiguration
    ) throws -> String {
        let folder = try constructor.sourceFolder()
        let files =
            (try? FileManager.default.contentsOfDirectory(
                at: folder, includingPropertiesForKeys: [.fileSizeKey])) ?? []
        guard !files.isEmpty else { throw DataConstructionError.missingSource(path: folder.path) }
        let sizes = try files.sorted { $0.lastPathComponent < $1.lastPathComponent }.map { file in
            "\(file.lastPathComponent) \(try file.resourceValues(forKeys: [.fileSizeKey]).fileSize ?? 0)"
        }
        let script = configuration.construct.source.script
        let text = script.isEmpty ? "" : try String(contentsOf: URL(filePath: script), encoding: .utf8)
        return try Fingerprint.of(sizes + [text])
    }
}
