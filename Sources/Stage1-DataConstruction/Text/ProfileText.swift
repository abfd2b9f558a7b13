/// The user profile as text for a language model, §2.1.1: what is known, in one line. What is not known is
/// left out; nothing is made up for it.
enum ProfileText {
    /// How the attributes of The Complete Journey read, in the order of the text; `*` stands for the value.
    private static let phrases: [(name: String, phrase: String)] = [
        ("age", "age *"), ("income", "income *"), ("home", "*"), ("marital", "*"), ("household", "*"),
        ("spending", "* spending"), ("visits", "shops *"), ("days", "*"), ("baskets", "* baskets"),
        ("coupons", "* coupons"),
    ]
    /// Attributes that a reader learns nothing from, or that `household` says already.
    private static let hidden: Set = ["store", "household_size", "kids", "campaigns"]

    /// - Parameters:
    ///   - attributes: values by name; names without a phrase of their own read `name value`.
    ///   - favorites: the categories that the user bought from most; empty if not known.
    static func render(_ attributes: [String: String], favorites: [String]) -> String {
        let known = phrases.compactMap { name, phrase in
            attributes[name].map { phrase.replacing("*", with: $0 == "none" ? "no" : $0.lowercased()) }
        }
        let names = Set(phrases.map(\.name)).union(hidden)
        let others = attributes.keys.filter { !names.contains($0) }.sorted()
            .compactMap { name in attributes[name].map { "\(name) \($0.lowercased())" } }
        let profile = (known + others).joined(separator: ", ")
        return favorites.isEmpty ? profile : profile + "; buys most: " + favorites.joined(separator: ", ")
    }
}
