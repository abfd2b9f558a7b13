public import Foundation

/// Users, items, behaviours, impressions, splits and prompts: what every later step begins from.
public struct ConstructedTables: StepOutput {
    /// The folder.
    public let folder: URL

    /// The tables in a step's folder.
    public init(folder: URL) { self.folder = folder }

    /// Users by index.
    public var userFile: JSONLinesFile<User> { .init(folder, "users.jsonl") }
    /// Items by index.
    public var itemFile: JSONLinesFile<Item> { .init(folder, "items.jsonl") }
    /// Prompt samples of all roles.
    public var sampleFile: JSONLinesFile<PromptSample> { .init(folder, "samples.jsonl") }
    /// Titles that answers are grounded to.
    public var catalogueFile: JSONLinesFile<CatalogueEntry> { .init(folder, "catalogue.jsonl") }
    /// One prompt per user for stage 4.
    public var inferenceFile: JSONLinesFile<InferencePrompt> { .init(folder, "inference.jsonl") }
    /// Counts of what was made.
    public var summary: JSONFile<ConstructionSummary> { .init(folder, "summary.json") }
    /// `Event` rows.
    public var eventFile: URL { folder.appending(path: "events.csv") }
    /// `Impression` rows by user and time.
    public var impressions: URL { folder.appending(path: "impressions.parquet") }
    /// `Impression` rows: every promoted item of some visits of the test window, visit by visit.
    public var auctions: URL { folder.appending(path: "auctions.parquet") }

    /// Users by index.
    public func users() throws -> [User] { try userFile.read() }
    /// Items by index.
    public func items() throws -> [Item] { try itemFile.read() }
    /// Titles that answers are grounded to.
    public func catalogue() throws -> [CatalogueEntry] { try catalogueFile.read() }
    /// Prompt samples of one role.
    public func samples(_ role: UserRole) throws -> [PromptSample] {
        try sampleFile.read().filter { $0.role == role }
    }

    /// Purchases, checked against the users and items.
    public func events(users: [User], items: [Item]) throws -> [Event] {
        try Event.read(eventFile, userCount: users.count, itemCount: items.count)
    }
}
