import Foundation
import Pipeline

/// What a user has done before a moment; moves forward through the user's purchases.
struct UserState {
    /// How often something was bought, and when last.
    private struct Habit {
        var count = 0
        var last = Int64.min
        /// Sum of the logarithms of known prices, and their number.
        var price: (sum: Double, count: Int) = (0, 0)

        mutating func add(_ time: Int64) {
            count += 1
            last = time
        }
    }

    private let traits: ItemTraits
    private let events: [Event]
    /// Purchases taken in: the history is the events before this place.
    private(set) var eventCount = 0
    private var items: [Int32: Habit] = [:]
    private var seconds: [Int32: Habit] = [:]
    private var thirds: [Int32: Habit] = [:]
    private var brands: [Int32: Habit] = [:]

    init(user: Int32, _ data: RankingData) {
        self.init(data.eventsOfUser[Int(user)], data.traits)
    }

    /// - Parameter events: of one user, by time.
    init(_ events: [Event], _ traits: ItemTraits) { (self.events, self.traits) = (events, traits) }

    /// Takes in every purchase strictly before `time`: not those of the visit at `time`.
    mutating func advance(to time: Int64) {
        while eventCount < events.count, events[eventCount].time < time {
            let event = events[eventCount]
            let item = Int(event.item)
            items[event.item, default: Habit()].add(event.time)
            let (second, third, brand) = (traits.second[item], traits.third[item], traits.brand[item])
            if second >= 0 {
                seconds[second, default: Habit()].add(event.time)
                let price = traits.logPrice[item]
                if !price.isNaN {
                    seconds[second]?.price.sum += Double(price)
                    seconds[second]?.price.count += 1
                }
            }
            if third >= 0 { thirds[third, default: Habit()].add(event.time) }
            if brand >= 0 { brands[brand, default: Habit()].add(event.time) }
            eventCount += 1
        }
    }

    /// Fields of `crosses` that tell what the user did over all history.
    static let historyNames = [
        "item bought", "l2 bought", "l3 bought", "brand bought", "days since item", "days since l2",
        "days since l3", "days since brand", "price to usual",
    ]
    /// Names of `crosses`, in order.
    static let crossNames = historyNames + ["popularity"]

    /// Cross features of the user and an item, as buckets: how often and how many days ago the user bought
    /// the item, its L2, its L3 and its brand; the item's price against the mean of what the user bought of
    /// its L2; how often anyone bought it in four weeks.
    func crosses(with item: Int32, at time: Int64) -> [Int] {
        let place = Int(item)
        let second = seconds[traits.second[place]]
        let habits = (items[item], second, thirds[traits.third[place]], brands[traits.brand[place]])
        // One allocation: this is called for every candidate of a request.
        return [Int](unsafeUninitializedCapacity: Self.crossNames.count) { buckets, count in
            func add(_ bucket: Int) {
                buckets.initializeElement(at: count, to: bucket)
                count += 1
            }
            add(CountBucket.index(habits.0?.count ?? 0))
            add(CountBucket.index(habits.1?.count ?? 0))
            add(CountBucket.index(habits.2?.count ?? 0))
            add(CountBucket.index(habits.3?.count ?? 0))
            add(DayBucket.index(habits.0?.last, at: time))
            add(DayBucket.index(habits.1?.last, at: time))
            add(DayBucket.index(habits.2?.last, at: time))
            add(DayBucket.index(habits.3?.last, at: time))
            add(PriceBucket.index(traits.logPrice[place], usual: second?.price ?? (0, 0)))
            add(CountBucket.index(traits.popularity.count(item, before: time)))
        }
    }

    /// How a cross feature's bucket is called.
    ///
    /// - Parameter index: place in `crossNames`.
    static func label(_ bucket: Int, of index: Int) -> String {
        switch index {
        case 4..<8: DayBucket.label(bucket)
        case 8: PriceBucket.label(bucket)
        default: CountBucket.label(bucket)
        }
    }
}

/// Days since something, in the buckets of counts; the highest is for what never happened.
enum DayBucket {
    static func index(_ last: Int64?, at time: Int64) -> Int {
        last.map { min(CountBucket.index(Int((time - $0) / 86_400)), CountBucket.count - 2) }
            ?? CountBucket.count - 1
    }

    static func label(_ bucket: Int) -> String {
        bucket == CountBucket.count - 1 ? "never" : CountBucket.label(bucket)
    }
}

/// A price as a ratio to the usual one, in steps of 2^¼ up to 2^±1¾; 0 where one of them is not known.
enum PriceBucket {
    private static let middle = 8

    static func index(_ logPrice: Float, usual: (sum: Double, count: Int)) -> Int {
        guard !logPrice.isNaN, usual.count > 0 else { return 0 }
        let steps = (4 * (Double(logPrice) - usual.sum / Double(usual.count))).rounded()
        return middle + Int(max(-7, min(7, steps)))
    }

    static func label(_ bucket: Int) -> String {
        bucket == 0 ? "" : String(format: "%.2f", pow(2, Double(bucket - middle) / 4))
    }
}

/// Visits rows with the state that each one's user was in before it, one user's state in memory. Rows by user
/// and time cost one pass over the purchases.
struct UserStateWalk {
    private let data: RankingData
    private var state: UserState?
    private var user: Int32 = -1
    private var time = Int64.min

    init(_ data: RankingData) { self.data = data }

    /// Whether a row comes after the one that was visited last, by user and time.
    func isInOrder(_ row: RankingRow) -> Bool { (row.user, row.time) >= (user, time) }

    /// Calls `body` with the state before a row.
    ///
    /// - Throws: `RankingModelError.unknown` for a user or an item that the data do not have, `.context` for
    ///   other columns of the moment, or what `body` throws.
    mutating func visit(_ row: RankingRow, _ body: (UserState) throws -> Void) throws {
        guard data.users.indices.contains(Int(row.user)) else {
            throw RankingModelError.unknown(what: "user", index: row.user, count: data.users.count)
        }
        guard data.items.indices.contains(Int(row.item)) else {
            throw RankingModelError.unknown(what: "item", index: row.item, count: data.items.count)
        }
        guard row.context.count == data.context.count else {
            throw RankingModelError.context(count: row.context.count, expected: data.context.map(\.name))
        }
        var current = row.user == user && row.time >= time ? state : nil
        state = nil  // one owner, so that advancing copies nothing
        (user, time) = (row.user, row.time)
        if current == nil { current = UserState(user: user, data) }
        current?.advance(to: row.time)
        if let current { try body(current) }
        state = current
    }
}
