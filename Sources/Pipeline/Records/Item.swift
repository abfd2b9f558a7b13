/// An item of the catalogue, §2.1.1.
public struct Item: Codable, Sendable, Equatable {
    /// The source's own id.
    public var id: String
    /// What the item is called.
    public var title: String
    /// L1, L2 and so on, the broadest first; an empty text where a level is not known.
    public var categories: [String]
    /// Who makes it.
    public var brand: String
    /// Price of one piece, in the source's currency; nil where it is not known.
    public var price: Double?
    /// Categorical values for the ranking model, by name; nil for none.
    public var attributes: [String: String]?

    /// A record.
    public init(
        id: String, title: String, categories: [String], brand: String, price: Double?,
        attributes: [String: String]? = nil
    ) {
        self.attributes = attributes
        self.id = id
        self.title = title
        self.categories = categories
        self.brand = brand
        self.price = price
    }
}

/// A title that answers are grounded to, with one item that carries it.
public struct CatalogueEntry: Codable, Sendable, Equatable {
    /// The most bought item with this title.
    public var item: Int32
    /// The title; each occurs once.
    public var title: String

    /// A record.
    public init(item: Int32, title: String) {
        self.item = item
        self.title = title
    }
}
