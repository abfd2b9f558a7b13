/// One turn of a conversation.
public struct ChatMessage: Codable, Sendable, Equatable {
    /// Who speaks.
    public enum Role: String, Codable, Sendable {
        case system, user, assistant
    }

    /// Who speaks.
    public var role: Role
    /// What is said, written into the prompt as it is.
    public var content: String

    /// A turn of `role`.
    public init(role: Role, content: String) {
        self.role = role
        self.content = content
    }
}
