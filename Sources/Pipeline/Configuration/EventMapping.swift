/// Which columns describe what users did.
public struct EventMapping: Codable, Sendable, Equatable {
    /// Files, globs, folders or URLs; empty where events are the clicks and conversions of impressions.
    public var files: [String] = []
    /// How the files are written.
    public var format = FileFormat()
    /// Column of the user's id.
    public var user = "user_id"
    /// Column of the item's id.
    public var item = "item_id"
    /// Column of the time.
    public var time = "timestamp"
    /// How times are written.
    public var unit = TimeUnit.iso
    /// Form of a time with `unit: pattern`, in the words of strptime, such as `%d/%m/%Y %H:%M`.
    public var pattern = ""
    /// Column of the kind of event; empty where all events are of `defaultKind`.
    public var kind = ""
    /// What each value of that column means: view, click, purchase or other.
    public var kinds: [String: String] = [:]
    /// Kind of all events where no column names it.
    public var defaultKind = EventKind.purchase
    /// Column of the pieces; empty for one piece an event.
    public var quantity = ""
    /// Column of what was paid; empty where it is not known.
    public var value = ""
    /// Column of the visit, basket or session; empty where a user's events of one hour make a visit.
    public var basket = ""
    /// Column of the place, such as a store; empty where there is one.
    public var place = ""

    /// No files.
    public init() {}
}
