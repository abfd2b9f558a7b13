extension PromptConfiguration: ConfigurationSection {
    /// See `ConfigurationSection`.
    public static var settings: [Setting<PromptConfiguration>] {
        [
            .template(
                "query", \.query, "The whole prompt.",
                effect: "What comes last weighs most with a small model."),
            .template(
                "state", \.state, "The user's state: profile, usual items, newest behaviours.",
                effect: "Decides what the model can know of the user."),
            .text(
                "request", \.request, "What a prompt asks, between the state and the form of the answer.",
                effect: "The wording can change the form of the answers more than fine-tuning does."),
            .template(
                "revealed", \.revealed,
                "The prompt that reveals the true next item to the teacher (RUPR, §2.1.2).",
                effect: "Decides what reasoning the model is fine-tuned on."),
            .template(
                "behavior", \.behavior, "One behaviour of the history.",
                effect: "A shorter form fits more behaviours into the same tokens."),
            .text(
                "separator", \.separator, "What stands between two behaviours.",
                effect: "A line break reads clearly and costs little."),
            .template(
                "usual", \.usual, "One usual item.", effect: "Counts tell habits from single purchases."),
            .count(
                "usualItems", \.usualItems, 0..., unit: "items",
                "Usual items in a prompt: those chosen most often, twice or more; 0 leaves them out.",
                raising: "The model knows more habits; prompts get longer."),
            .template(
                "attribute", \.attribute, "One attribute of the profile.",
                effect: "`{words}` is the value in lower case, and \"no\" for \"none\"."),
            .map(
                "attributes", \.attributes, unit: "attributes",
                "Attributes with a template of their own, in place of `attribute`.",
                effect: "Values that say what they are need no name beside them."),
            .texts(
                "order", \.order, unit: "attributes",
                "Order of the attributes in the profile; others follow by name.",
                effect: "The first ones are read first."),
            .texts(
                "hidden", \.hidden, unit: "attributes", "Attributes that no prompt shows.",
                effect: "Numbers that mean nothing to a reader cost tokens."),
            .template(
                "profile", \.profile, "The profile: attributes and favorite categories.",
                effect: "Decides what the model knows of a user without a history."),
            .count(
                "maximumTokens", \.maximumTokens, 0..., unit: "tokens",
                "Tokens that a prompt may have; the oldest behaviours are cut first. 0 for no limit.",
                raising: "Longer histories; every step that runs the language model takes longer."),
        ]
    }
}

extension Setting where Section == PromptConfiguration {
    /// A text with fields in braces.
    fileprivate static func template(
        _ name: String, _ keyPath: KeyPath<Section, String>, _ summary: String, effect: String
    ) -> Setting {
        let fields = (PromptConfiguration.fields[name] ?? []).map { "{\($0)}" }.joined(separator: ", ")
        return value(
            name, keyPath,
            SettingEntry(
                path: "", kind: .text, summary: summary, allowed: "a text with the fields \(fields)",
                effect: effect), yaml: YAMLText.quoted)
    }
}
