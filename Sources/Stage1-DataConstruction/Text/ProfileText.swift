import Pipeline

/// The user profile as text for a language model, §2.1.1: what is known, in one line. What is not known is
/// left out; nothing is made up for it.
struct ProfileText {
    private let configuration: PromptConfiguration
    private let attribute: TextTemplate
    private let attributes: [String: TextTemplate]
    private let profile: TextTemplate

    /// - Throws: `TextTemplateError`.
    init(_ configuration: PromptConfiguration) throws {
        self.configuration = configuration
        attribute = try PromptConfiguration.template(configuration.attribute, for: "attribute")
        attributes = try configuration.attributes.mapValues {
            try PromptConfiguration.template($0, for: "attribute")
        }
        profile = try PromptConfiguration.template(configuration.profile, for: "profile")
    }

    /// - Parameters:
    ///   - values: the user's attributes by name.
    ///   - favorites: the categories that the user chose most from; empty if not known.
    func render(_ values: [String: String], favorites: [String]) -> String {
        let (hidden, ordered) = (Set(configuration.hidden), configuration.order)
        let names =
            (ordered + values.keys.filter { !ordered.contains($0) }.sorted()).filter { !hidden.contains($0) }
        let texts = names.compactMap { name -> String? in
            guard let value = values[name], !value.isEmpty else { return nil }
            return (attributes[name] ?? attribute).render([
                "name": name, "value": value, "words": value == "none" ? "no" : value.lowercased(),
            ])
        }
        let text = profile.render([
            "attributes": texts.joined(separator: ", "), "categories": favorites.joined(separator: ", "),
        ])
        // What separates the two parts has nothing to separate where one is missing.
        let isSeparator = { (character: Character) in ";, ".contains(character) }
        return String(text.drop(while: isSeparator).reversed().drop(while: isSeparator).reversed())
    }
}
