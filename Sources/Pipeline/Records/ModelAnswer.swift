/// What a model wrote for a prompt.
public struct ModelAnswer: Codable, Sendable, Equatable {
    /// Id of the prompt sample, or of the user.
    public var id: String
    /// The completion.
    public var text: String
    /// Number of tokens.
    public var tokens: Int
    /// Whether the completion reached the most tokens.
    public var isTruncated: Bool

    /// A record.
    public init(id: String, text: String, tokens: Int, isTruncated: Bool) {
        self.id = id
        self.text = text
        self.tokens = tokens
        self.isTruncated = isTruncated
    }
}
