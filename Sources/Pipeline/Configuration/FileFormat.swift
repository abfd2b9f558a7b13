/// How the files of a relation are written.
public struct FileFormat: Codable, Sendable, Equatable {
    /// Kind of file.
    public var kind = Kind.auto
    /// What stands between two fields of delimited text, up to four characters; empty for a tab in `.tsv`
    /// files and a comma elsewhere.
    public var separator = ""
    /// Mark around a field that may hold separators and line breaks; empty where no mark has a meaning.
    public var quote = "\""
    /// Encoding of delimited text.
    public var encoding = Encoding.utf8
    /// Whether the first row of delimited text names the columns.
    public var header = true
    /// Names of the columns, by place, where no row names them.
    public var names: [String] = []

    /// CSV with a header.
    public init() {}

    /// Kinds of files.
    public enum Kind: String, Codable, Sendable, CaseIterable {
        /// by the file name: .jsonl, .json (lines or an array), .parquet, and delimited text for all others
        case auto
        /// delimited text, also with another separator than a comma
        case csv
        /// one JSON object per line
        case jsonl
        /// one JSON array of objects
        case json
        /// Parquet
        case parquet
    }

    /// Encodings of delimited text.
    public enum Encoding: String, Codable, Sendable, CaseIterable {
        /// UTF-8, with or without a byte order mark
        case utf8 = "utf-8"
        /// ISO 8859-1
        case latin1 = "latin-1"
        /// UTF-16, little-endian
        case utf16 = "utf-16"
    }
}
