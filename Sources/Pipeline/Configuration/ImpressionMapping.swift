/// Which columns describe what users were shown.
public struct ImpressionMapping: Codable, Sendable, Equatable {
    /// Files, globs, folders or URLs; empty where no impressions were logged.
    public var files: [String] = []
    /// How the files are written.
    public var format = FileFormat()
    /// Column of the user's id.
    public var user = "user_id"
    /// Column of the item's id, or of a list of items that were shown together.
    public var item = "item_id"
    /// Column of the time.
    public var time = "timestamp"
    /// How times are written.
    public var unit = TimeUnit.iso
    /// Form of a time with `unit: pattern`, in the words of strptime.
    public var pattern = ""
    /// Column of the click, 0 or 1, true or false; not read where `labelMark` is set.
    public var click = "click"
    /// Column of the conversion, 0 or 1, true or false; empty where none was logged.
    public var conversion = ""
    /// What a conversion without a click is.
    public var unclicked = UnclickedRule.refuse
    /// Time after a click in which a purchase of the item, in the files of events, is its conversion, where
    /// no
    /// column has conversions; 0 to join none.
    public var conversionHours = 0.0
    /// Column of the request that items were shown for; empty where a user's impressions of one time make a
    /// request.
    public var request = ""
    /// Columns of the moment, such as a position or a page, by the name of their feature.
    public var context: [String: String] = [:]
    /// What separates the items of one row; empty where a row is one item.
    public var itemSeparator = ""
    /// What separates an item of a list from its click, such as the `-` of `N1-0`.
    public var labelMark = ""
    /// Column of items that the user had clicked before, separated by `itemSeparator`, the oldest first;
    /// empty
    /// for none.
    public var history = ""

    /// No files.
    public init() {}
}
