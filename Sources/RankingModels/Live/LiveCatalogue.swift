public import Pipeline

/// The items of a service, which may gain and change items while it runs, with what its rankers read of them.
///
/// A value: whoever holds one sees the same items throughout.
public struct LiveCatalogue: Sendable {
    /// Items by place; a place is never given to another item.
    public private(set) var items: [Item] = []
    private var places: [String: Int32] = [:]
    private(set) var traits: ItemTraits
    /// Rows of each ranker's embedding table for the fields of every item, `[rankers][items · fields]`.
    private(set) var rows: [[Int32]]
    private let rankers: [LiveRanker]
    /// How often items were put.
    private(set) var changes = 0

    /// - Parameters:
    ///   - rankers: all that will read the items.
    ///   - events: of all users of the logs; what is popular is counted from them, as of their end where a
    ///     moment lies later.
    public init(_ items: [Item], for rankers: [LiveRanker], events: [Event]) {
        self.rankers = rankers
        let end = events.lazy.map(\.time).max().map { $0 + 1 } ?? .min
        traits = ItemTraits(
            [], popularity: ItemPopularity(events, itemCount: items.count, end: end))
        rows = rankers.map { _ in [] }
        self.items.reserveCapacity(items.count)
        places.reserveCapacity(items.count)
        for item in items { put(item) }
    }

    /// The place of an item.
    public subscript(id: String) -> Int32? { places[id] }

    /// Adds an item, or changes the one that has its id.
    ///
    /// - Returns: whether it is new.
    @discardableResult
    public mutating func put(_ item: Item) -> Bool {
        changes += 1
        if let place = places[item.id] {
            items[Int(place)] = item
            traits.replace(Int(place), with: item)
            for (index, ranker) in rankers.enumerated() {
                let fresh = ranker.rows(of: item)
                let start = Int(place) * fresh.count
                rows[index].replaceSubrange(start..<start + fresh.count, with: fresh)
            }
            return false
        }
        places[item.id] = Int32(items.count)
        items.append(item)
        traits.append(item)
        for (index, ranker) in rankers.enumerated() { rows[index] += ranker.rows(of: item) }
        return true
    }

    /// Rows of a ranker's embedding table for all items, `[items · fields]`.
    func rows(for ranker: LiveRanker) -> [Int32] {
        rankers.firstIndex { $0 === ranker }.map { rows[$0] } ?? []
    }
}
