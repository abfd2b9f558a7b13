public import Foundation

/// Prompts of every user at several moments, for stage 4.
public struct SnapshotPrompts: StepOutput {
    /// The folder.
    public let folder: URL

    /// The prompts in a step's folder.
    public init(folder: URL) { self.folder = folder }

    /// Snapshot by snapshot, each in the order of the users.
    public var prompts: JSONLinesFile<InferencePrompt> { .init(folder, "prompts.jsonl") }
}

extension Run {
    /// Prompts of stage 4: snapshot by snapshot, one per user in the order of the users.
    ///
    /// - Throws: `RunError.missingStep`.
    public func userPrompts() throws -> JSONLinesFile<InferencePrompt> {
        needs(Steps.snapshotPrompts)
            ? try output(of: Steps.snapshotPrompts).prompts : try output(of: Steps.tables).inferenceFile
    }
}
