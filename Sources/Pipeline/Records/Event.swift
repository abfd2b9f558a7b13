/// A purchase.
public struct Event: Sendable, Equatable {
    /// Index of the user.
    public var user: Int32
    /// Index of the item.
    public var item: Int32
    /// Whole hours since the log's first midnight.
    public var time: Int32
    /// Pieces.
    public var quantity: Int32
    /// Paid, in the source's currency.
    public var value: Double
    /// The visit.
    public var basket: Int64

    /// A row.
    public init(user: Int32, item: Int32, time: Int32, quantity: Int32, value: Double, basket: Int64) {
        self.user = user
        self.item = item
        self.time = time
        self.quantity = quantity
        self.value = value
        self.basket = basket
    }
}

/// A promoted item that a visit could see, with what came of it.
public struct Impression: Sendable, Equatable {
    /// Index of the user.
    public var user: Int32
    /// Index of the item.
    public var item: Int32
    /// Whole hours since the log's first midnight.
    public var time: Int32
    /// The visit.
    public var basket: Int64
    /// Where the item was displayed in the store, as the source codes it.
    public var display: String
    /// Where the item was in the mailer, as the source codes it.
    public var mailer: String
    /// The visit bought something of the item's L2 category.
    public var isClick: Bool
    /// The visit bought the item.
    public var isConversion: Bool
    /// The window that `time` lies in.
    public var period: TimePeriod

    /// A row.
    public init(
        user: Int32, item: Int32, time: Int32, basket: Int64, display: String, mailer: String, isClick: Bool,
        isConversion: Bool, period: TimePeriod
    ) {
        self.user = user
        self.item = item
        self.time = time
        self.basket = basket
        self.display = display
        self.mailer = mailer
        self.isClick = isClick
        self.isConversion = isConversion
        self.period = period
    }
}
