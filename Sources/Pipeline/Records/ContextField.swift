/// A field of the moment of an impression, such as a position or a page.
public struct ContextField: Codable, Sendable, Equatable {
    /// Name of its column.
    public var name: String
    /// The value that most impressions before the language model's window have: what is assumed of an item
    /// that a user was not necessarily shown.
    public var usual: String

    /// Creates a field.
    public init(name: String, usual: String) {
        self.name = name
        self.usual = usual
    }
}

/// Where the impressions of a run come from.
public enum ImpressionOrigin: String, Codable, Sendable, CaseIterable {
    /// The log of what users were shown.
    case logged
    /// Promoted items of the store and week of a visit; a click is a purchase in the item's category.
    case promotions
    /// What a visit bought or looked at, and items drawn by how often they are bought.
    case popular
    /// What a visit bought or looked at, and items drawn alike.
    case uniform

    /// What a table that rests on such impressions says about them.
    public var caption: String {
        switch self {
        case .logged: "impressions, clicks and conversions as logged"
        case .promotions:
            "no ads were logged: impressions are promoted items of a visit, clicks purchases in their "
                + "category"
        case .popular:
            "no impressions were logged: unclicked ones are drawn by how often items are bought"
        case .uniform: "no impressions were logged: unclicked ones are drawn alike from the catalogue"
        }
    }
}
