/// Where the logs are and how their files become four relations: users, items, events and impressions.
/// §2.1.1.
public struct SourceConfiguration: Codable, Sendable, Equatable {
    /// Folder that the files below, or the script's variable `folder`, begin from; empty for the working
    /// folder, and without files for the fetched data.
    public var folder = ""
    /// SQL file that defines `source_users`, `source_items`, `source_events` and `source_promotions` from
    /// your own logs, in any format that DuckDB reads; empty where files are mapped. Docs/Artifacts.md lists
    /// the columns.
    public var script = ""
    /// Time zone of times that name none, such as `Europe/Paris`.
    public var timeZone = "UTC"
    /// Share of a relation's rows that may be left out as unusable before the run stops.
    public var tolerance = 0.05
    /// Attributes of users.
    public var users = UserMapping()
    /// What can be recommended.
    public var items = ItemMapping()
    /// What users did.
    public var events = EventMapping()
    /// What users were shown, and what came of it.
    public var impressions = ImpressionMapping()

    /// The fetched data.
    public init() {}

    /// Whether files are mapped.
    public var isMapped: Bool { !items.files.isEmpty || !events.files.isEmpty || !impressions.files.isEmpty }
}
