import Pipeline

/// Numbers of the items' categories, which cross features compare.
struct CategoryNumbers: Sendable {
    /// Number of each item's L2 category, −1 where it is not known, `[items]`.
    private(set) var second: [Int32] = []
    /// The same of L3.
    private(set) var third: [Int32] = []
    private var secondNames: [String: Int32] = [:]
    private var thirdNames: [String: Int32] = [:]

    init(_ items: [Item]) {
        second.reserveCapacity(items.count)
        third.reserveCapacity(items.count)
        for item in items { append(item) }
    }

    /// Adds an item at the end.
    mutating func append(_ item: Item) {
        second.append(Self.number(item.level(1), &secondNames))
        third.append(Self.number(item.level(2), &thirdNames))
    }

    /// Changes the item at an index.
    mutating func replace(_ index: Int, with item: Item) {
        second[index] = Self.number(item.level(1), &secondNames)
        third[index] = Self.number(item.level(2), &thirdNames)
    }

    private static func number(_ name: String, _ numbers: inout [String: Int32]) -> Int32 {
        if name.isEmpty { return -1 }
        if let known = numbers[name] { return known }
        let next = Int32(numbers.count)
        numbers[name] = next
        return next
    }
}
