import Pipeline
import RankingModels

/// Users whose metrics are shown apart.
struct UserSegment {
    let name: String
    let users: Set<Int32>

    /// The users that a ranker knows least about: the lower half by behaviours before a time, and those
    /// without demographics.
    static func all(_ data: RankingData, before time: Int64) -> [UserSegment] {
        let users = data.users.indices.map(Int32.init)
        let lengths = users.map { data.recentItems(of: $0, before: time, atMost: .max).count }
        let order = users.indices.sorted { (lengths[$0], $0) < (lengths[$1], $1) }
        let short = order.prefix(users.count / 2).map { users[$0] }
        // Demographics are the attributes that only some users have; behaviour gives all users the others.
        let known = Dictionary(
            data.users.flatMap { $0.attributes.keys.map { ($0, 1) } }, uniquingKeysWith: +)
        let demographics = Set(known.keys.filter { known[$0] != data.users.count })
        let unknown = users.filter { demographics.isDisjoint(with: data.users[Int($0)].attributes.keys) }
        return [
            UserSegment(name: "long tail (shorter half of the histories)", users: Set(short)),
            UserSegment(name: "without demographics", users: Set(unknown)),
        ]
    }
}
