/// What the language model reads, §2.1: templates in any language, whose fields stand in braces. See
/// `TextTemplate`.
public struct PromptConfiguration: Codable, Sendable, Equatable {
    /// The whole prompt.
    public var query = "{state}\n{request}\n{form}"
    /// The user's state: profile, usual items, newest behaviours.
    public var state = defaultState
    /// What a prompt asks, between the state and the form of the answer.
    public var request = defaultRequest
    /// The prompt that reveals the true next item to the teacher (RUPR, §2.1.2).
    public var revealed = """
        {state}
        Chosen next:
        {target}
        In two sentences, reason from the profile and the history to what this user wants next. The
            reasoning \
        must lead to the item above, as if you did not know it yet.
        """
    /// One behaviour of the history.
    public var behavior = "{title}[ ({category})]"
    /// What stands between two behaviours.
    public var separator = "; "
    /// One usual item.
    public var usual = "{title} ×{count}"
    /// Usual items in a prompt: those chosen most often, twice or more; 0 leaves them out.
    public var usualItems = 5
    /// One attribute of the profile.
    public var attribute = "{name} {value}"
    /// Attributes with a template of their own, in place of `attribute`.
    public var attributes: [String: String] = [:]
    /// Order of the attributes in the profile; others follow by name.
    public var order: [String] = []
    /// Attributes that no prompt shows.
    public var hidden: [String] = []
    /// The profile: attributes and favorite categories.
    public var profile = "{attributes}[; mostly {categories}]"
    /// Tokens that a prompt may have; the oldest behaviours are cut first. 0 for no limit.
    public var maximumTokens = 0

    /// Neutral texts in English.
    public init() {}

    private static let defaultState = """
        User: {profile}
        Chosen again and again: {usual}
        Chosen last, newest first: {history}
        """
    private static let defaultRequest =
        "Reason about what this user wants next and predict the item that they choose, in this form:"

    /// Fields of each template.
    public static let fields: [String: [String]] = [
        "query": ["state", "request", "form"], "state": ["profile", "usual", "history"],
        "revealed": ["state", "target"], "behavior": itemFields, "usual": itemFields + ["count"],
        "attribute": ["name", "value", "words"], "profile": ["attributes", "categories"],
    ]
    private static let itemFields = ["title", "category", "l1", "l2", "l3", "brand", "price", "answer"]

    /// A template of this section.
    ///
    /// - Parameter name: a key of `fields`.
    /// - Throws: `TextTemplateError`.
    public static func template(_ text: String, for name: String) throws -> TextTemplate {
        try TextTemplate(text, fields: fields[name] ?? [])
    }

    /// Every template has only fields that it may have.
    public func checkTogether(_ path: String) throws {
        let texts = [
            ("query", query), ("state", state), ("revealed", revealed), ("behavior", behavior),
            ("usual", usual),
            ("attribute", attribute), ("profile", profile),
        ]
        for (name, text) in texts { try check(text, name, path + name) }
        for (name, text) in attributes.sorted(by: { $0.key < $1.key }) {
            try check(text, "attribute", "\(path)attributes.\(name)")
        }
    }

    private func check(_ text: String, _ name: String, _ key: String) throws {
        do { _ = try Self.template(text, for: name) } catch {
            throw ConfigurationError.invalid(key: key, message: "\(error)")
        }
    }
}
