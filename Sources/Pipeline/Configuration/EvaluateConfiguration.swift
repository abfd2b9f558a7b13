/// The tables of §3 on users and times that nothing was trained on.
public struct EvaluateConfiguration: Codable, Sendable, Equatable {
    /// Most tokens of an answer.
    public var maximumTokens = 96
    /// Users answered side by side.
    public var batchSize = 32
    /// K of Title Hit-Rate@K.
    public var hitRateDepths = [50, 100]
    /// Bootstrap replicates of every interval.
    public var replicates = 1000
    /// Users shown in full at the end of a run.
    public var shownUsers = 3

    /// The demo's values.
    public init() {}
}
