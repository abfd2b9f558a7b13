/// How completions are drawn.
public struct SamplingConfiguration: Codable, Sendable, Equatable {
    /// Most tokens of a completion.
    public var maximumTokens: Int
    /// 0 takes the likeliest token; larger is more random.
    public var temperature: Double
    /// Keep the likeliest tokens whose probabilities first reach this sum; 1 keeps all.
    public var topP: Double
    /// Keep this many likeliest tokens; 0 keeps all.
    public var topK: Int

    /// Greedy unless said otherwise.
    public init(maximumTokens: Int, temperature: Double = 0, topP: Double = 1, topK: Int = 0) {
        self.maximumTokens = maximumTokens
        self.temperature = temperature
        self.topP = topP
        self.topK = topK
    }

    /// - Throws: `LanguageModelError.configuration` naming the value that is out of range.
    public func validate() throws {
        func require(_ condition: Bool, _ message: String) throws {
            if !condition { throw LanguageModelError.configuration(message) }
        }
        try require(maximumTokens > 0, "maximumTokens is \(maximumTokens); expected at least 1")
        try require(temperature >= 0, "temperature is \(temperature); expected 0 (greedy) or more")
        try require(topP > 0 && topP <= 1, "topP is \(topP); expected a number in (0, 1]")
        try require(topK >= 0, "topK is \(topK); expected 0 (all) or more")
    }
}

/// What a model drew for a prompt.
public struct Completion: Codable, Sendable, Equatable {
    /// Why a completion ended.
    public enum Ending: String, Codable, Sendable {
        /// The model ended it.
        case stopped
        /// It reached the most tokens allowed.
        case truncated
    }

    /// Token ids, with the end token when the model drew one.
    public var ids: [Int32]
    /// log P of each id under the model itself (temperature 1, all tokens).
    public var logProbabilities: [Float]
    /// Why it ended.
    public var ending: Ending
}
