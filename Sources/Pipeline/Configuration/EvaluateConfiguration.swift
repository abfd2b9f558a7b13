/// The tables of §3, on users and times that no training saw.
public struct EvaluateConfiguration: Codable, Sendable, Equatable {
    /// Maximum length of an answer with its reasoning.
    public var maximumTokens = 96
    /// Users answered side by side.
    public var batchSize = 32
    /// What the weights are rounded to while test users are answered.
    public var generationWeights = GenerationWeights.float32
    /// A server that answers as the aligned model.
    public var endpoint = EndpointConfiguration()
    /// The base model's name on that server; empty: the local engine answers.
    public var baseModel = ""
    /// The fine-tuned model's name on that server; empty: the local engine answers.
    public var tunedModel = ""
    /// K of Title Hit-Rate@K, one column each.
    public var hitRateDepths = [50, 100]
    /// Bootstrap resamples per interval.
    public var replicates = 1000
    /// Users printed in full at the end of a run.
    public var shownUsers = 3

    /// The demo's values.
    public init() {}
}
