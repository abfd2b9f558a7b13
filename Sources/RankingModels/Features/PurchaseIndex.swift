import Pipeline
import Synchronization

/// When each user bought an item, or something of an L3 category, for lookups.
struct PurchaseIndex: Sendable {
    /// Purchases of one key by one user, or of all of them: keys and times in the order of (key, time).
    private struct Rows: Sendable {
        /// Where each user's rows begin, `[users + 1]`.
        var starts: [Int] = [0]
        var keys: [Int32] = []
        var times: [Int64] = []

        init(_ users: [[(key: Int32, time: Int64)]]) {
            for rows in users {
                for row in rows.sorted(by: { ($0.key, $0.time) < ($1.key, $1.time) }) {
                    keys.append(row.key)
                    times.append(row.time)
                }
                starts.append(keys.count)
            }
        }

        /// The newest time of a user's key strictly before a moment.
        func newest(_ user: Int32, _ key: Int32, before time: Int64) -> Int64? {
            var (low, high) = (starts[Int(user)], starts[Int(user) + 1])
            let first = low
            while low < high {
                let middle = (low + high) / 2
                if (keys[middle], times[middle]) < (key, time) { low = middle + 1 } else { high = middle }
            }
            return low > first && keys[low - 1] == key ? times[low - 1] : nil
        }
    }

    private let items: Rows
    private let thirds: Rows
    private let traits: ItemTraits

    init(_ data: RankingData) {
        traits = data.traits
        items = Rows(data.eventsOfUser.map { $0.map { ($0.item, $0.time) } })
        thirds = Rows(
            data.eventsOfUser.map { events in
                events.compactMap { event in
                    let third = data.traits.third[Int(event.item)]
                    return third < 0 ? nil : (third, event.time)
                }
            })
    }

    /// When a user bought an item last, strictly before a time.
    func newest(_ user: Int32, item: Int32, before time: Int64) -> Int64? {
        items.newest(user, item, before: time)
    }

    /// When a user bought something of an item's L3 category last, strictly before a time.
    func newest(_ user: Int32, categoryOf item: Int32, before time: Int64) -> Int64? {
        let third = traits.third[Int(item)]
        return third < 0 ? nil : thirds.newest(user, third, before: time)
    }
}

/// An index that is made when it is first asked for, once for all copies of the data.
final class LazyPurchaseIndex: Sendable {
    private let made = Mutex<PurchaseIndex?>(nil)

    func index(of data: RankingData) -> PurchaseIndex {
        made.withLock { made in
            if let made { return made }
            let index = PurchaseIndex(data)
            made = index
            return index
        }
    }
}
