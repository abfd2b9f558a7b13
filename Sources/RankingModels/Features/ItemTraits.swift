import Foundation
import Pipeline

/// What cross features compare of items: numbers of their categories and brands, prices, popularity.
struct ItemTraits: Sendable {
    /// Number of each item's L2 category, −1 where it is not known, `[items]`.
    private(set) var second: [Int32] = []
    /// The same of L3.
    private(set) var third: [Int32] = []
    /// The same of the brand.
    private(set) var brand: [Int32] = []
    /// Logarithm to base 2 of each item's price; NaN where it is not known or not positive, `[items]`.
    private(set) var logPrice: [Float] = []
    /// How often items were bought lately.
    let popularity: ItemPopularity
    private var names: [[String: Int32]] = [[:], [:], [:]]

    init(_ items: [Item], popularity: ItemPopularity) {
        self.popularity = popularity
        second.reserveCapacity(items.count)
        third.reserveCapacity(items.count)
        brand.reserveCapacity(items.count)
        logPrice.reserveCapacity(items.count)
        for item in items { append(item) }
    }

    /// Adds an item at the end.
    mutating func append(_ item: Item) {
        second.append(Self.number(item.level(1), &names[0]))
        third.append(Self.number(item.level(2), &names[1]))
        brand.append(Self.number(item.brand, &names[2]))
        logPrice.append(Self.logPrice(item))
    }

    /// Changes the item at an index.
    mutating func replace(_ index: Int, with item: Item) {
        second[index] = Self.number(item.level(1), &names[0])
        third[index] = Self.number(item.level(2), &names[1])
        brand[index] = Self.number(item.brand, &names[2])
        logPrice[index] = Self.logPrice(item)
    }

    private static func logPrice(_ item: Item) -> Float {
        item.price.flatMap { $0 > 0 ? Float(log2($0)) : nil } ?? .nan
    }

    private static func number(_ name: String, _ numbers: inout [String: Int32]) -> Int32 {
        if name.isEmpty { return -1 }
        if let known = numbers[name] { return known }
        let next = Int32(numbers.count)
        numbers[name] = next
        return next
    }
}

/// When items were bought, by anyone.
struct ItemPopularity: Sendable {
    /// How far back purchases count: four weeks, in seconds.
    static let window: Int64 = 28 * 86_400

    /// Where each item's times begin, `[items + 1]`.
    private let starts: [Int]
    /// Times of the purchases, item by item, each by time.
    private let times: [Int64]
    /// What is known ends here: a later moment is answered as of it.
    private let end: Int64

    /// - Parameters:
    ///   - events: of all users; items that `itemCount` does not have are left out.
    ///   - end: the moment after which a count stays as it is; for a service, whose logs end.
    init(_ events: some Sequence<Event>, itemCount: Int, end: Int64 = .max) {
        var counts = [Int](repeating: 0, count: itemCount + 1)
        for event in events where Int(event.item) < itemCount { counts[Int(event.item) + 1] += 1 }
        for item in 0..<itemCount { counts[item + 1] += counts[item] }
        starts = counts
        var times = [Int64](repeating: 0, count: counts[itemCount])
        var next = counts
        for event in events where Int(event.item) < itemCount {
            times[next[Int(event.item)]] = event.time
            next[Int(event.item)] += 1
        }
        for item in 0..<itemCount { times[counts[item]..<counts[item + 1]].sort() }
        (self.times, self.end) = (times, end)
    }

    /// Purchases of an item in the window that ends before a time.
    func count(_ item: Int32, before time: Int64) -> Int {
        guard Int(item) + 1 < starts.count else { return 0 }
        let time = min(time, end)
        let own = times[starts[Int(item)]..<starts[Int(item) + 1]]
        let (from, overflow) = time.subtractingReportingOverflow(Self.window)
        return place(of: time, in: own) - place(of: overflow ? .min : from, in: own)
    }

    /// How many of some rising times lie before a moment.
    private func place(of time: Int64, in own: ArraySlice<Int64>) -> Int {
        var (low, high) = (own.startIndex, own.endIndex)
        while low < high {
            let middle = (low + high) / 2
            if own[middle] < time { low = middle + 1 } else { high = middle }
        }
        return low - own.startIndex
    }
}
