public import Foundation

/// A folder in Hugging Face layout that training wrote.
public protocol ModelCheckpoint: StepOutput {}

/// The fine-tuned model, §2.2.2.
public struct TunedModel: ModelCheckpoint {
    /// The folder, in Hugging Face layout.
    public let folder: URL

    /// The model in a step's folder.
    public init(folder: URL) { self.folder = folder }

    /// Loss and rate of every step.
    public var metrics: JSONLinesFile<FineTuningMetrics> { .init(folder, "metrics.jsonl") }
    /// Loss on held-out prompts, before and after.
    public var validation: JSONFile<FineTuningValidation> { .init(folder, "validation.json") }
}

/// The aligned model, §2.3.3.
public struct AlignedModel: ModelCheckpoint {
    /// The folder, in Hugging Face layout.
    public let folder: URL

    /// The model in a step's folder.
    public init(folder: URL) { self.folder = folder }

    /// Rewards, weights and loss of every step.
    public var metrics: JSONLinesFile<PolicyMetrics> { .init(folder, "metrics.jsonl") }
    /// Every rollout with what it earned.
    public var rollouts: JSONLinesFile<RolloutRecord> { .init(folder, "rollouts.jsonl") }
    /// What every step took; no digest covers it.
    public var timings: JSONLinesFile<PolicyTimings> { .init(folder, RunDirectory.timingsFile) }
    /// Table 1 of held-out prompts during training, where `collaborate.validation` asks for it.
    public var validation: JSONLinesFile<PolicyValidationRecord> { .init(folder, "validation.jsonl") }
    /// Minimum and maximum simulated score of each sample, which its reward is scaled by.
    public var rewardScale: JSONFile<[String: [Double]]> { .init(folder, "reward-scale.json") }
}
