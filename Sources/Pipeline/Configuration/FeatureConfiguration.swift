/// What the rankers read of the logs' columns; a column that is not named here is a category.
///
/// Fields of an item are `item`, `l1`, `l2`, `l3`, `brand` and `price`; of a user `user` and every further
/// column of `source_users`; of the moment `display`, `mailer`, `hour`, `weekday`, `item bought`, `l2
/// bought`, `l3 bought` and `days since l2`. A behaviour in a sequence has `item`, `l2` and `l3`, whose
/// embeddings are those of the candidate.
public struct FeatureConfiguration: Codable, Sendable, Equatable {
    /// Fields that no ranker reads.
    public var without: [String] = []
    /// Numbers, by field: the edges of their buckets in rising order, such as `"1, 2.5, 10"`. Of `price` and
    /// of users' columns.
    public var numeric: [String: String] = [:]
    /// Lists, by users' column: what separates their values, such as `"|"`. The embeddings of a user's values
    /// are averaged.
    public var multiValued: [String: String] = [:]

    /// All columns are categories.
    public init() {}

    /// The edges of a field's buckets; nil where it is no number.
    public func edges(of field: String) -> [Double]? {
        numeric[field].map { text in
            text.split(whereSeparator: { $0 == "," || $0 == " " }).map { Double($0) ?? .nan }
        }
    }

    /// Refuses buckets that do not rise, and fields that are described twice.
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
