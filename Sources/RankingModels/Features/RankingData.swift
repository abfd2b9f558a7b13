public import Pipeline

/// The logs that features are made from.
public struct RankingData: Sendable {
    /// Users by index.
    public let users: [User]
    /// Items by index.
    public let items: [Item]
    /// What is known of the moment of an impression.
    public let context: [ContextField]
    /// Each user's purchases by time, `[users][…]`.
    let eventsOfUser: [[Event]]
    /// What cross features compare of items.
    let traits: ItemTraits
    private let lazyPurchases = LazyPurchaseIndex()

    /// - Parameter events: in any order; ties of time keep theirs.
    public init(users: [User], items: [Item], events: [Event], context: [ContextField] = []) {
        self.users = users
        self.items = items
        self.context = context
        var grouped = [[Event]](repeating: [], count: users.count)
        for event in events { grouped[Int(event.user)].append(event) }
        eventsOfUser = grouped.map { list in
            list.enumerated().sorted { ($0.element.time, $0.offset) < ($1.element.time, $1.offset) }.map(
                \.element)
        }
        traits = ItemTraits(items, popularity: ItemPopularity(events, itemCount: items.count))
    }

    /// The logs of a run.
    ///
    /// - Throws: `RunError.file` for tables that cannot be read or do not fit each other.
    public init(_ tables: ConstructedTables) throws {
        let (users, items) = (try tables.users(), try tables.items())
        self.init(
            users: users, items: items, events: try tables.events(users: users, items: items),
            context: try tables.summary.read().context)
    }

    /// When each user bought what; made when it is first asked for.
    var purchases: PurchaseIndex { lazyPurchases.index(of: self) }

    /// The newest items that a user bought strictly before a time, newest first.
    public func recentItems(of user: Int32, before time: Int64, atMost count: Int) -> [Int32] {
        eventsOfUser[Int(user)].reversed().lazy.filter { $0.time < time }.prefix(count).map(\.item)
    }

    /// Items that a user bought from a time on and before another, by time.
    public func items(of user: Int32, from start: Int64, before end: Int64) -> [Int32] {
        eventsOfUser[Int(user)].lazy.filter { (start..<end).contains($0.time) }.map(\.item)
    }

    /// Items of a user's first visit from a time on; none where there is no such visit.
    public func nextVisit(of user: Int32, from time: Int64) -> [Int32] {
        let later = eventsOfUser[Int(user)].lazy.filter { $0.time >= time }
        guard let first = later.first?.time else { return [] }
        return later.filter { $0.time == first }.map(\.item)
    }

    /// The newest items that any of some users bought strictly before a time, newest first; at the same time,
    /// in the order of the users.
    public func recentItems(of users: [Int32], before time: Int64, atMost count: Int) -> [Int32] {
        if users.count == 1 { return recentItems(of: users[0], before: time, atMost: count) }
        let recent = users.enumerated().flatMap { place, user in
            eventsOfUser[Int(user)].reversed().lazy.filter { $0.time < time }.prefix(count)
                .enumerated().map { (time: $1.time, user: place, rank: $0, item: $1.item) }
        }
        return recent.sorted { ($1.time, $0.user, $0.rank) < ($0.time, $1.user, $1.rank) }.prefix(count).map(
            \.item)
    }
}

extension Item {
    /// Category of a level counted from 0; empty where it is not known.
    func level(_ index: Int) -> String { index < categories.count ? categories[index] : "" }
}
