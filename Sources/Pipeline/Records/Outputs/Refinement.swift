public import Foundation

/// What rejection sampling by perplexity kept of the teacher's reasoning, §2.2.1.
public struct Refinement: StepOutput {
    /// The folder.
    public let folder: URL

    /// The refinement in a step's folder.
    public init(folder: URL) { self.folder = folder }

    /// Eq. (1) of every chain of thought.
    public var scores: JSONLinesFile<ReasoningScore> { .init(folder, "scores.jsonl") }
    /// The chains of thought that are fine-tuned on.
    public var refined: JSONLinesFile<RefinedSample> { .init(folder, "refined.jsonl") }
    /// The threshold R and counts.
    public var summary: JSONFile<RefinementSummary> { .init(folder, "refinement.json") }
}
