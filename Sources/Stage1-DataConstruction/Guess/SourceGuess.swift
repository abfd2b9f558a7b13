import DuckDB
public import Foundation
import Pipeline

/// A mapping of files that nobody has described: what they seem to be, and why.
public struct SourceGuess {
    let folder: URL
    private(set) var users: FoundFiles?
    private(set) var items: FoundFiles?
    private(set) var events: FoundFiles?
    private(set) var impressions: FoundFiles?
    /// Files that fit no relation.
    private(set) var others: [FoundFiles] = []

    /// Looks at the files below folders.
    ///
    /// - Throws: `DataConstructionError.missingFiles` for a folder without files, `DuckDBError` for a file
    /// that
    ///   no reader opens.
    public init(_ folders: [URL], threads: Int) throws {
        let duckDB = try DuckDBProgram.fetched(threads: threads)
        let scratch = FileManager.default.temporaryDirectory.appending(
            path: "taiji-init-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: scratch, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: scratch) }
        let (common, groups) = try FoundFiles.groups(in: folders)
        folder = common
        for group in groups {
            take(try FoundFiles(group, in: common, by: duckDB, scratch: scratch))
        }
    }

    private mutating func take(_ found: FoundFiles) {
        let user = ColumnWords.find(ColumnWords.user, in: found.columns)
        let item = ColumnWords.find(ColumnWords.item, in: found.columns)
        let time = found.time
        let click = ColumnWords.find(ColumnWords.click, in: found.columns)
        if user != nil, item != nil, time != nil, click != nil, impressions == nil {
            impressions = found
        } else if user != nil, item != nil, time != nil, click == nil, events == nil {
            events = found
        } else if item != nil, user == nil, items == nil {
            items = found
        } else if user != nil, item == nil, users == nil {
            users = found
        } else {
            others.append(found)
        }
    }

    /// The mapping as a commented configuration.
    public var yaml: String { SourceGuessText(guess: self).text }
}
