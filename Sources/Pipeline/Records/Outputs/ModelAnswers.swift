public import Foundation

/// What a model wrote for many prompts.
public struct ModelAnswers: StepOutput {
    /// The folder.
    public let folder: URL

    /// The answers in a step's folder.
    public init(folder: URL) { self.folder = folder }

    /// One answer per prompt, in the order of the prompts.
    public var answers: JSONLinesFile<ModelAnswer> { .init(folder, "answers.jsonl") }
}
