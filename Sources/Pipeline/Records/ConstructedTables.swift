public import Foundation

/// Reads what stage 1 wrote.
public struct ConstructedTables: Sendable {
    private let folder: URL

    /// The tables of a run.
    ///
    /// - Throws: `RunError.missingStep` when stage 1 is not done.
    public init(_ run: RunDirectory) throws {
        _ = try run.fingerprint(ConstructedFiles.tablesStep)
        folder = run.folder(ConstructedFiles.tablesStep)
    }

    private func records<Record: Decodable>(_ name: String) throws -> [Record] {
        try JSONLines.read(Record.self, from: folder.appending(path: name))
    }

    /// Users by index.
    public func users() throws -> [User] { try records(ConstructedFiles.users) }
    /// Items by index.
    public func items() throws -> [Item] { try records(ConstructedFiles.items) }
    /// Titles that answers are grounded to.
    public func catalogue() throws -> [CatalogueEntry] { try records(ConstructedFiles.catalogue) }
    /// Prompt samples of one role.
    public func samples(_ role: UserRole) throws -> [PromptSample] {
        try (records(ConstructedFiles.samples) as [PromptSample]).filter { $0.role == role }
    }
    /// One prompt a user for stage 4.
    public func inference() throws -> [InferencePrompt] { try records(ConstructedFiles.inference) }

    /// The same, one in memory at a time.
    public func forEachInference(_ body: (InferencePrompt) throws -> Void) throws {
        try JSONLines.forEach(
            InferencePrompt.self, in: folder.appending(path: ConstructedFiles.inference), body)
    }

    /// Purchases, checked against the users and items.
    public func events(users: [User], items: [Item]) throws -> [Event] {
        try Event.read(
            folder.appending(path: ConstructedFiles.events), userCount: users.count, itemCount: items.count)
    }

    /// The file of `Impression` rows by user and time.
    public var impressions: URL { Self.table(ConstructedFiles.impressions, in: folder) }

    /// The file of every promoted item of some visits of the test window, visit by visit.
    public var auctions: URL { Self.table(ConstructedFiles.auctions, in: folder) }

    /// A Parquet file, or the CSV file that earlier versions wrote in its place.
    public static func table(_ name: String, in folder: URL) -> URL {
        let file = folder.appending(path: name)
        let old = file.deletingPathExtension().appendingPathExtension("csv")
        let isThere = { (url: URL) in FileManager.default.fileExists(atPath: url.path) }
        return isThere(old) && !isThere(file) ? old : file
    }
}
