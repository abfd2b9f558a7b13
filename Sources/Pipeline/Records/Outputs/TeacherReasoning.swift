public import Foundation

/// The teacher's chains of thought, §2.1.2.
public struct TeacherReasoning: StepOutput {
    /// The folder.
    public let folder: URL

    /// The reasoning in a step's folder.
    public init(folder: URL) { self.folder = folder }

    /// Every chain of thought, prompt by prompt.
    public var samples: JSONLinesFile<TeacherSample> { .init(folder, "teacher.jsonl") }
}
