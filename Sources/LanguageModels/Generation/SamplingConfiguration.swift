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
    /// Keep tokens at least this share as likely as the likeliest; 0 keeps all.
    public var minP: Double
    /// Divides positive scores of tokens that were in the prompt or the completion and multiplies negative
    /// ones; 1 changes nothing.
    public var repetitionPenalty: Double
    /// Texts that end a completion where they first appear; the completion's ids keep the tokens that
    /// completed one.
    public var stopTexts: [String]

    /// Greedy unless said otherwise.
    public init(
        maximumTokens: Int, temperature: Double = 0, topP: Double = 1, topK: Int = 0, minP: Double = 0,
        repetitionPenalty: Double = 1, stopTexts: [String] = []
    ) {
        self.maximumTokens = maximumTokens
        self.temperature = temperature
        self.topP = topP
        self.topK = topK
        self.minP = minP
        self.repetitionPenalty = repetitionPenalty
        self.stopTexts = stopTexts
    }

    /// - Throws: `LanguageModelError.configuration` naming the value that is out of range.
    public func validate() throws {
        func require(_ condition: Bool, _ message: String) throws {
            if !condition { throw LanguageModelError.configuration(message) }
        }
        try require(maximumTokens > 0, "maximumTokens is \(maximumTokens); expected at least 1")
        try require(
            temperature >= 0 && temperature.isFinite,
            "temperature is \(temperature); expected 0 (greedy) or more")
        try require(topP > 0 && topP <= 1, "topP is \(topP); expected a number in (0, 1]")
        try require(topK >= 0, "topK is \(topK); expected 0 (all) or more")
        try require(minP >= 0 && minP < 1, "minP is \(minP); expected a number in [0, 1)")
        try require(
            repetitionPenalty > 0 && repetitionPenalty.isFinite,
            "repetitionPenalty is \(repetitionPenalty); expected more than 0, 1 for none")
        try require(!stopTexts.contains(""), "a stop text is empty; expected at least one character")
    }
}

/// What a model drew for a prompt.
public struct Completion: Codable, Sendable, Equatable {
    /// Why a completion ended.
    public enum Ending: String, Codable, Sendable {
        /// The model ended it, or a stop text appeared.
        case stopped
        /// It reached the most tokens allowed.
        case truncated
    }

    /// Token ids, with the end token when the model drew one.
    public var ids: [Int32]
    /// log P of each id under the model itself (temperature 1, all tokens, no penalty).
    public var logProbabilities: [Float]
    /// The same under the scores divided by the temperature, before `topP`, `topK` and `minP`; nil where it
    /// was not asked for or the temperature is 0 or 1.
    public var drawLogProbabilities: [Float]?
    /// Why it ended.
    public var ending: Ending
}
