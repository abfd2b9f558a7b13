/// A purchase.
public struct Event: Sendable, Equatable {
    /// Index of the user.
    public var user: Int32
    /// Index of the item.
    public var item: Int32
    /// Seconds since 1970, UTC.
    public var time: Int64
    /// Pieces.
    public var quantity: Int32
    /// Paid, in the source's currency.
    public var value: Double
    /// The visit.
    public var basket: Int64

    /// A row.
    public init(user: Int32, item: Int32, time: Int64, quantity: Int32, value: Double, basket: Int64) {
        self.user = user
        self.item = item
        self.time = time
        self.quantity = quantity
        self.value = value
        self.basket = basket
    }
}

/// An item that a user was shown, with what came of it.
public struct Impression: Sendable, Equatable {
    /// Index of the user.
    public var user: Int32
    /// Index of the item.
    public var item: Int32
    /// Seconds since 1970, UTC.
    public var time: Int64
    /// The request or visit that it was shown in.
    public var basket: Int64
    /// What is known of the moment, such as a position or a page: a value for every field of
    /// `ConstructionSummary.context`.
    public var context: [String]
    /// Whether the user clicked it.
    public var isClick: Bool
    /// Whether the click led to a purchase.
    public var isConversion: Bool
    /// What a conversion was worth, in the source's currency; 0 without one.
    public var value: Double
    /// The window that `time` lies in.
    public var period: TimePeriod

    /// A row.
    public init(
        user: Int32, item: Int32, time: Int64, basket: Int64, context: [String] = [], isClick: Bool,
        isConversion: Bool, value: Double = 0, period: TimePeriod
    ) {
        self.user = user
        self.item = item
        self.time = time
        self.basket = basket
        self.context = context
        self.isClick = isClick
        self.isConversion = isConversion
        self.value = value
        self.period = period
    }
}
