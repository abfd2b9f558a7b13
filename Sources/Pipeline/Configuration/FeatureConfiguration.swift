/// Which columns of the logs the rankers read, and how; a field that is not named here is a category.
///
/// A behaviour in a sequence has `item`, `l2` and `l3`, whose embeddings are those of the candidate.
public struct FeatureConfiguration: Codable, Sendable, Equatable {
    /// Fields that no ranker reads.
    public var without: [String] = []
    /// Numeric fields with the rising edges of their buckets, such as `price: "1, 2.5, 10"`: `price`, or a
    /// column of the users.
    public var numeric: [String: String] = [:]
    /// Users' columns that hold several values, each with its separator, such as `clubs: "|"`. The embeddings
    /// of a user's values are averaged.
    public var multiValued: [String: String] = [:]

    /// All columns are categories.
    public init() {}

    /// The edges of a field's buckets; nil where it is not numeric.
    public func edges(of field: String) -> [Double]? {
        numeric[field].map { text in
            text.split(whereSeparator: { $0 == "," || $0 == " " }).map { Double($0) ?? .nan }
        }
    }

    /// Edges rise, separators are not empty, and no field is described twice.
    public func checkTogether(_ path: String) throws {
        let key = String(path.dropLast())
        for field in numeric.keys.sorted() {
            let edges = edges(of: field) ?? []
            guard !edges.isEmpty, edges.allSatisfy(\.isFinite), zip(edges, edges.dropFirst()).allSatisfy(<)
            else {
                throw ConfigurationError.invalid(
                    key: "\(key).numeric.\(field)",
                    message: "is '\(numeric[field] ?? "")'; expected rising numbers, such as 1, 2.5, 10")
            }
            guard multiValued[field] == nil else {
                throw ConfigurationError.invalid(
                    key: "\(key).multiValued.\(field)",
                    message: "is in numeric too; a field is one or the other")
            }
        }
        for (field, separator) in multiValued.sorted(by: { $0.key < $1.key }) where separator.isEmpty {
            throw ConfigurationError.invalid(
                key: "\(key).multiValued.\(field)",
                message: "is empty; expected what separates the values, such as |")
        }
        for field in without where numeric[field] != nil || multiValued[field] != nil {
            throw ConfigurationError.invalid(
                key: "\(key).without",
                message: "has '\(field)', which numeric or multiValued describes; leave out one")
        }
    }
}
