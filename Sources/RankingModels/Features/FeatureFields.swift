import Pipeline

/// The categorical fields of a row, in the order of the vocabulary: of the item, of the user, of the moment.
struct FeatureFields: Sendable {
    /// Fields of an item; a behaviour in a sequence has the first three.
    static let ofItem = ["item", "l2", "l3", "l1", "brand", "price"]
    /// How many fields of an item a behaviour has.
    static let ofBehavior = 3
    private static let ofMoment = ["display", "mailer", "hour", "weekday"] + UserState.crossNames

    /// Names of the users' attributes.
    let attributes: [String]

    /// - Parameter data: whose users have the attributes.
    init(_ data: RankingData) { attributes = Set(data.users.lazy.flatMap(\.attributes.keys)).sorted() }

    /// The fields of a saved vocabulary, or nil when it is not made of these.
    init?(names: [String]) {
        let before = Self.ofItem + ["user"]
        guard names.count >= before.count + Self.ofMoment.count else { return nil }
        attributes = Array(names.dropFirst(before.count).dropLast(Self.ofMoment.count))
        guard names == self.names else { return nil }
    }

    /// All names in order.
    var names: [String] { Self.ofItem + ["user"] + attributes + Self.ofMoment }
    /// Fields of a user: the user and its attributes.
    var userCount: Int { 1 + attributes.count }
    /// Place of the first field of the moment.
    var momentStart: Int { Self.ofItem.count + userCount }
    /// Fields of the moment.
    var momentCount: Int { Self.ofMoment.count }

    /// Values of an item. Items and users go by the source's ids, so a saved ranker reads data in another
    /// order.
    func values(of item: Item) -> [String] {
        [
            item.id, item.level(1), item.level(2), item.level(0), item.brand,
            CountBucket.label(CountBucket.index(Int(item.price.clamped(to: 0...1e6) * 2))),
        ]
    }

    /// Values of a user.
    func values(of user: User) -> [String] { [user.id] + attributes.map { user.attributes[$0] ?? "" } }

    /// Values of the moment that are small numbers: hour of the day, day of the week, and the crosses.
    static func numbers(_ row: RankingRow, _ state: UserState) -> [Int] {
        [Int(row.time % 24), Int(row.time / 24 % 7)] + state.crosses(with: row.item, at: row.time)
    }

    /// How many values each of `numbers` can have.
    static let numberLimits = [24, 7] + UserState.crossNames.map { _ in CountBucket.count }

    /// How a number is called in the vocabulary.
    static func label(_ number: Int, of index: Int) -> String {
        if index < 2 { return "\(number)" }
        if index == numberLimits.count - 1, number == CountBucket.count - 1 { return "never" }
        return CountBucket.label(number)
    }
}

extension Double {
    fileprivate func clamped(to range: ClosedRange<Double>) -> Double {
        isNaN ? range.lowerBound : Swift.min(Swift.max(self, range.lowerBound), range.upperBound)
    }
}
