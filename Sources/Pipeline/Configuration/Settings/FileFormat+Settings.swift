extension FileFormat: ConfigurationSection {
    /// See `ConfigurationSection`.
    public static var settings: [Setting<FileFormat>] {
        [
            .choice(
                "kind", \.kind, "Kind of file.",
                effect: "Decides how the files are read; the wrong one finds no columns."
            ) {
                switch $0 {
                case .auto:
                    "by the file name: .jsonl, .json (lines or an array), .parquet, and delimited text for "
                        + "all others"
                case .csv: "delimited text, also with another separator than a comma"
                case .jsonl: "one JSON object per line"
                case .json: "one JSON array of objects"
                case .parquet: "Parquet"
                }
            },
            .text(
                "separator", \.separator,
                "What stands between two fields of delimited text, up to four characters; empty for a tab in "
                    + "`.tsv` files and a comma elsewhere.",
                effect: "The wrong one makes one column of all."),
            .text(
                "quote", \.quote,
                "Mark around a field that may hold separators and line breaks; empty where no mark has a "
                    + "meaning.",
                effect: "Empty reads quotation marks as they stand, such as those that open a title."),
            .choice(
                "encoding", \.encoding, "Encoding of delimited text.",
                effect: "The wrong one spoils accents or stops at the first one."
            ) {
                switch $0 {
                case .utf8: "UTF-8, with or without a byte order mark"
                case .latin1: "ISO 8859-1"
                case .utf16: "UTF-16, little-endian"
                }
            },
            .flag(
                "header", \.header, "Whether the first row of delimited text names the columns.",
                effect: "false reads the first row as data; `names` has to name the columns then."),
            .texts(
                "names", \.names, unit: "columns",
                "Names of the columns, by place, where no row names them.",
                effect: "Each name is what the mapping can refer to; one for every column."),
        ]
    }

    /// Columns have names, and separators fit DuckDB's reader.
    public func checkTogether(_ path: String) throws {
        try require(
            header || kind == .jsonl || kind == .json || kind == .parquet || !names.isEmpty, "\(path)names",
            "is empty and header is false; expected one name for every column, such as [user, item, time]")
        try require(
            Set(names).count == names.count, "\(path)names", "has a name twice; expected each column once")
        try require(
            separator.utf8.count <= 4, "\(path)separator",
            "is '\(separator)'; expected at most four characters")
        try require(
            quote.utf8.count <= 1, "\(path)quote", "is '\(quote)'; expected one character or none")
    }
}
