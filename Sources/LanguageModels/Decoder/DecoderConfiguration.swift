/// The sizes and the form of a decoder of a known family.
public struct DecoderConfiguration: Sendable, Equatable {
    /// The family, which says what a layer has.
    public var family: DecoderFamily
    /// Number of layers.
    public var layerCount: Int
    /// D, the width of the residual stream.
    public var width: Int
    /// H, the number of query heads.
    public var headCount: Int
    /// The number of key and value heads; H is a multiple of it.
    public var keyValueHeadCount: Int
    /// d, the width of one head; H·d may differ from D.
    public var headWidth: Int
    /// Width of the feed-forward layer.
    public var feedForwardWidth: Int
    /// V, the number of tokens.
    public var vocabularySize: Int
    /// Base of the rotary position embedding.
    public var ropeTheta: Double
    /// What the rotary position embedding's frequencies are changed by, if anything.
    public var ropeScaling: RotaryScaling?
    /// ε of RMSNorm.
    public var normEpsilon: Double
    /// Longest sequence that the model was made for.
    public var contextLength: Int
    /// Whether the output matrix is the token embedding.
    public var tiesEmbedding: Bool
    /// Token that begins a document, if the model has one.
    public var beginToken: Int?
    /// Tokens that end a completion.
    public var endTokens: [Int] = []

    /// Whether queries, keys and values have a bias.
    public var hasAttentionBias: Bool { family == .qwen2 }
    /// Whether each head of queries and keys goes through RMSNorm before it is rotated.
    public var hasQueryKeyNorm: Bool { family == .qwen3 }

    /// Refuses sizes that no decoder has.
    ///
    /// - Throws: `LanguageModelError.configuration` naming the first that is wrong.
    func validate() throws {
        func require(_ isTrue: Bool, _ message: @autoclosure () -> String) throws {
            guard isTrue else { throw LanguageModelError.configuration(message()) }
        }
        let sizes = [
            ("layers", layerCount), ("numbers in a token's vector", width), ("heads", headCount),
            ("key/value heads", keyValueHeadCount), ("numbers in a head", headWidth),
            ("numbers in the feed-forward layer", feedForwardWidth), ("tokens", vocabularySize),
            ("positions", contextLength),
        ]
        for (name, size) in sizes {
            // Any two of them multiply without overflow.
            try require((1..<1 << 31).contains(size), "has \(size) \(name); expected at least one")
        }
        try require(
            headCount % keyValueHeadCount == 0,
            "has \(headCount) heads, no multiple of its \(keyValueHeadCount) key/value heads")
        try require(headWidth % 2 == 0, "has heads of width \(headWidth); rotary positions need an even one")
        try require(
            ropeTheta > 0 && ropeTheta.isFinite, "has a rotary base of \(ropeTheta); expected more than 0")
        try require(
            normEpsilon >= 0 && normEpsilon.isFinite, "has a norm's ε of \(normEpsilon); expected 0 or more")
        switch ropeScaling {
        case nil: break
        case .llama3(let rule):
            try require(
                rule.factor > 0 && rule.factor.isFinite && rule.lowFrequencyFactor > 0
                    && rule.highFrequencyFactor > rule.lowFrequencyFactor
                    && rule.highFrequencyFactor.isFinite && rule.originalContextLength > 0,
                "has a rotary scaling of \(rule); expected a factor above 0, 0 < low < high frequency factor")
        case .yarn(let rule):
            try require(
                rule.factor >= 1 && rule.factor.isFinite && rule.originalContextLength > 0
                    && rule.betaSlow > 0 && rule.betaFast >= rule.betaSlow && rule.betaFast.isFinite
                    && rule.length > 0 && rule.length.isFinite,
                "has a rotary scaling of \(rule); expected a factor of at least 1, 0 < beta_slow ≤ beta_fast")
        case .divisors(let divisors):
            try require(
                divisors.count == headWidth / 2 && divisors.allSatisfy { $0 > 0 && $0.isFinite },
                "has \(divisors.count) rotary divisors; expected \(headWidth / 2), each above 0")
        }
    }
}
