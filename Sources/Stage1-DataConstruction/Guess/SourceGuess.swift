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
    /// that no reader opens.
    public init(_ folders: [URL], threads: Int) throws {
        let duckDB = try DuckDBProgram.fetched(threads: threads)
        let scratch = FileManager.default.temporaryDirectory.appending(
            path: "taiji-init-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: scratch, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: scratch) }
        let (common, groups) = try FoundFiles.groups(in: folders)
        folder = common
        // Of two files that could be one relation, the one with more rows is it.
        let found = try groups.map { try FoundFiles($0, in: common, by: duckDB, scratch: scratch) }
        for files in found.enumerated().sorted(by: {
            ($1.element.rows.count, $0.offset) < ($0.element.rows.count, $1.offset)
        }) {
            take(files.element)
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
