import Pipeline

/// The query with a user's state, and the same with the true next item revealed (RUPR), §2.1.2.
///
/// Small models read best what comes last: the state stands before the request, and the form of the answer
/// at the end.
struct PromptBuilder {
    private let configuration: PromptConfiguration
    private let query: TextTemplate
    private let state: TextTemplate
    private let revealed: TextTemplate
    private let behavior: TextTemplate
    private let usual: TextTemplate
    private let profileText: ProfileText
    /// Tokens of a text; nil where no limit is set.
    private let tokenCount: ((String) throws -> Int)?
    /// How many prompts were cut, and by how many behaviours in all.
    private(set) var cuts = (prompts: 0, behaviors: 0)

    /// - Parameter tokenCount: tokens of a text, which `maximumTokens` needs.
    /// - Throws: `TextTemplateError`.
    init(_ configuration: PromptConfiguration, tokenCount: ((String) throws -> Int)? = nil) throws {
        self.configuration = configuration
        self.tokenCount = configuration.maximumTokens > 0 ? tokenCount : nil
        query = try PromptConfiguration.template(configuration.query, for: "query")
        state = try PromptConfiguration.template(configuration.state, for: "state")
        revealed = try PromptConfiguration.template(configuration.revealed, for: "revealed")
        behavior = try PromptConfiguration.template(configuration.behavior, for: "behavior")
        usual = try PromptConfiguration.template(configuration.usual, for: "usual")
        profileText = try ProfileText(configuration)
    }

    /// What a prompt says of a user before a moment.
    struct State {
        /// See `profile(_:favorites:)`.
        var profile: String
        /// Newest first.
        var history: [Item]
        /// Items chosen again and again, with how often.
        var usual: [(item: Item, count: Int)]
    }

    /// The profile of a user.
    func profile(_ attributes: [String: String], favorites: [String]) -> String {
        profileText.render(attributes, favorites: favorites)
    }

    /// The prompt that the model sees in training and in use, and the one that reveals the target to the
    /// teacher;
    /// both with as much of the history as fits.
    ///
    /// - Parameter target: nil where nothing is revealed.
    mutating func prompts(_ state: State, target: Item?) throws -> (plain: String, revealed: String) {
        var length = state.history.count
        if let tokenCount {
            while length > 0 {
                let tokens = try tokenCount(plain(state, length))
                guard tokens > configuration.maximumTokens else { break }
                // The share that is too much, so that long histories take few steps; at least one.
                length -= max(1, length * (tokens - configuration.maximumTokens) / (2 * tokens))
            }
        }
        if length < state.history.count {
            cuts = (cuts.prompts + 1, cuts.behaviors + state.history.count - length)
        }
        let reveal = target.map {
            revealed.render(["state": text(of: state, length), "target": AnswerFormat.render($0)])
        }
        return (plain(state, length), reveal ?? "")
    }

    private func plain(_ state: State, _ length: Int) -> String {
        query.render([
            "state": text(of: state, length), "request": configuration.request, "form": AnswerFormat.form,
        ])
    }

    private func text(of state: State, _ length: Int) -> String {
        let history = state.history.prefix(length).map { behavior.render(values(of: $0)) }
        let usual = state.usual.map { item, count in
            self.usual.render(values(of: item).merging(["count": "\(count)"]) { $1 })
        }
        return self.state.render([
            "profile": state.profile, "history": history.joined(separator: configuration.separator),
            "usual": usual.joined(separator: ", "),
        ])
    }

    private func values(of item: Item) -> [String: String] {
        func level(_ index: Int) -> String { index < item.categories.count ? item.categories[index] : "" }
        return [
            "title": item.title, "category": item.categories.last { !$0.isEmpty } ?? "", "l1": level(0),
            "l2": level(1), "l3": level(2), "brand": item.brand, "price": item.price.map { "\($0)" } ?? "",
            "answer": AnswerFormat.render(item),
        ]
    }
}
