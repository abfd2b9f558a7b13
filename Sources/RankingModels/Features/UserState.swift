import Pipeline

/// What a user has done before a moment; moves forward through the user's purchases.
struct UserState {
    private let levels: CategoryNumbers
    private let events: [Event]
    /// Purchases taken in: the history is the events before this place.
    private(set) var eventCount = 0
    private var itemCounts: [Int32: Int] = [:]
    private var secondCounts: [Int32: Int] = [:]
    private var thirdCounts: [Int32: Int] = [:]
    private var lastOfSecond: [Int32: Int64] = [:]

    init(user: Int32, _ data: RankingData) {
        self.init(data.eventsOfUser[Int(user)], data.levels)
    }

    /// - Parameter events: of one user, by time.
    init(_ events: [Event], _ levels: CategoryNumbers) { (self.events, self.levels) = (events, levels) }

    /// Takes in every purchase strictly before `time`: not those of the visit at `time`.
    mutating func advance(to time: Int64) {
        while eventCount < events.count, events[eventCount].time < time {
            let event = events[eventCount]
            let item = Int(event.item)
            itemCounts[event.item, default: 0] += 1
            if levels.second[item] >= 0 {
                secondCounts[levels.second[item], default: 0] += 1
                lastOfSecond[levels.second[item]] = event.time
            }
            if levels.third[item] >= 0 { thirdCounts[levels.third[item], default: 0] += 1 }
            eventCount += 1
        }
    }

    /// Names of `crosses`, in order.
    static let crossNames = ["item bought", "l2 bought", "l3 bought", "days since l2"]

    /// Cross features of the user and an item, as buckets: purchases of the item, of its L2 and of its L3,
    /// and days since the last purchase of its L2 (the highest bucket when there was none).
    func crosses(with item: Int32, at time: Int64) -> [Int] {
        let (second, third) = (levels.second[Int(item)], levels.third[Int(item)])
        let days = lastOfSecond[second].map {
            min(CountBucket.index(Int((time - $0) / 86_400)), CountBucket.count - 2)
        }
        return [
            CountBucket.index(itemCounts[item] ?? 0), CountBucket.index(secondCounts[second] ?? 0),
            CountBucket.index(thirdCounts[third] ?? 0), days ?? CountBucket.count - 1,
        ]
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
