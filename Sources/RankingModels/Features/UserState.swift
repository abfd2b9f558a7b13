import Pipeline

/// What a user has done before a moment; moves forward through the user's events.
struct UserState {
    private let events: [Event]
    private let items: [Item]
    private var next = 0
    private var itemCounts: [Int32: Int] = [:]
    private var levelCounts: [[String: Int]] = [[:], [:]]
    private var lastOfCategory: [String: Int32] = [:]
    /// Bought items, oldest first.
    private(set) var bought: [Int32] = []

    init(events: [Event], items: [Item]) {
        self.events = events
        self.items = items
    }

    /// Takes in every purchase strictly before `time`.
    mutating func advance(to time: Int32) {
        while next < events.count, events[next].time < time {
            let event = events[next]
            let categories = items[Int(event.item)].categories
            itemCounts[event.item, default: 0] += 1
            for level in 0..<2 where level + 1 < categories.count {
                levelCounts[level][categories[level + 1], default: 0] += 1
            }
            if categories.count > 1 { lastOfCategory[categories[1]] = event.time }
            bought.append(event.item)
            next += 1
        }
    }

    /// Bucketed cross features of the user and an item: purchases of the item, of its L2 and of its L3, and days since
    /// the last purchase of its L2.
    func crosses(with item: Int32, at time: Int32) -> [String] {
        let categories = items[Int(item)].categories
        let second = categories.count > 1 ? categories[1] : ""
        let third = categories.count > 2 ? categories[2] : ""
        let days = lastOfCategory[second].map { Self.bucket(Int(time - $0) / 24) } ?? "never"
        return [
            Self.bucket(itemCounts[item] ?? 0), Self.bucket(levelCounts[0][second] ?? 0),
            Self.bucket(levelCounts[1][third] ?? 0), days,
        ]
    }

    /// 0, 1, 2, 3, then powers of two.
    static func bucket(_ count: Int) -> String {
        if count <= 3 { return "\(count)" }
        var floor = 4
        while floor * 2 <= count { floor *= 2 }
        return "\(floor)+"
    }
}
