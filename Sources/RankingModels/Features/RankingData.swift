public import Pipeline

/// The logs that features are made from.
public struct RankingData: Sendable {
    /// Users by index.
    public let users: [User]
    /// Items by index.
    public let items: [Item]
    /// Each user's purchases by time, `[users][…]`.
    let eventsOfUser: [[Event]]

    /// - Parameter events: in any order; ties of time keep theirs.
    public init(users: [User], items: [Item], events: [Event]) {
        self.users = users
        self.items = items
        var grouped = [[Event]](repeating: [], count: users.count)
        for event in events { grouped[Int(event.user)].append(event) }
        eventsOfUser = grouped.map { list in
            list.enumerated().sorted { ($0.element.time, $0.offset) < ($1.element.time, $1.offset) }.map(\.element)
        }
    }

    /// The newest items that a user bought strictly before a time, newest first.
    public func recentItems(of user: Int32, before time: Int32, atMost count: Int) -> [Int32] {
        eventsOfUser[Int(user)].reversed().lazy.filter { $0.time < time }.prefix(count).map(\.item)
    }
}

/// Feature groups that stage 4 adds to every row of a user, §2.4.
public struct EnhancedFeatures: Sendable {
    /// Product-quantized codes, `[users][M]`; empty for none.
    public let codes: [[Int]]
    /// C, the number of values of a code.
    public let codeCount: Int
    /// Items of the similar user's recent behaviours, newest first, `[users][≤ 100]`; empty for none.
    public let similarSequences: [[Int32]]

    /// Either group may be empty.
    public init(codes: [[Int]] = [], codeCount: Int = 0, similarSequences: [[Int32]] = []) {
        self.codes = codes
        self.codeCount = codeCount
        self.similarSequences = similarSequences
    }

    /// Neither group: the baseline.
    public static let none = EnhancedFeatures()

    /// M.
    var codesPerUser: Int { codes.first?.count ?? 0 }
    /// Length of the longest similar sequence.
    var similarLength: Int { similarSequences.map(\.count).max() ?? 0 }
}
