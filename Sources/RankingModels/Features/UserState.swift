import Pipeline

/// What a user has done before a moment; moves forward through the user's purchases.
struct UserState {
    private let data: RankingData
    private let events: [Event]
    /// Purchases taken in: the history is the events before this place.
    private(set) var eventCount = 0
    private var itemCounts: [Int32: Int] = [:]
    private var secondCounts: [Int32: Int] = [:]
    private var thirdCounts: [Int32: Int] = [:]
    private var lastOfSecond: [Int32: Int32] = [:]

    init(user: Int32, _ data: RankingData) {
        self.data = data
        events = data.eventsOfUser[Int(user)]
    }

    /// Takes in every purchase strictly before `time`: not those of the visit at `time`, nor of another visit
    /// within the same hour.
    mutating func advance(to time: Int32) {
        while eventCount < events.count, events[eventCount].time < time {
            let event = events[eventCount]
            let item = Int(event.item)
            itemCounts[event.item, default: 0] += 1
            if data.secondLevels[item] >= 0 {
                secondCounts[data.secondLevels[item], default: 0] += 1
                lastOfSecond[data.secondLevels[item]] = event.time
            }
            if data.thirdLevels[item] >= 0 { thirdCounts[data.thirdLevels[item], default: 0] += 1 }
            eventCount += 1
        }
    }

    /// Names of `crosses`, in order.
    static let crossNames = ["item bought", "l2 bought", "l3 bought", "days since l2"]

    /// Cross features of the user and an item, as buckets: purchases of the item, of its L2 and of its L3,
    /// and days since the last purchase of its L2 (the highest bucket when there was none).
    func crosses(with item: Int32, at time: Int32) -> [Int] {
        let (second, third) = (data.secondLevels[Int(item)], data.thirdLevels[Int(item)])
        let days = lastOfSecond[second].map {
            min(CountBucket.index(Int(time - $0) / 24), CountBucket.count - 2)
        }
        return [
            CountBucket.index(itemCounts[item] ?? 0), CountBucket.index(secondCounts[second] ?? 0),
            CountBucket.index(thirdCounts[third] ?? 0), days ?? CountBucket.count - 1,
        ]
    }
}
