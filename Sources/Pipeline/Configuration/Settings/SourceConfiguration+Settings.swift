extension SourceConfiguration: ConfigurationSection {
    /// See `ConfigurationSection`.
    public static var settings: [Setting<SourceConfiguration>] {
        [
            .text(
                "folder", \.folder,
                "Folder that the files below, or the script's variable `folder`, begin from; empty for the "
                    + "working folder, and without files for the fetched data.",
                effect: "Other logs make another run: every step depends on their content."),
            .text(
                "script", \.script,
                "SQL file that defines `source_users`, `source_items`, `source_events` and "
                    + "`source_promotions` from your own logs, in any format that DuckDB reads; empty where "
                    + "files are mapped. Docs/Artifacts.md lists the columns.",
                effect: "Takes logs in any shape that SQL can read, where no mapping fits."),
            .text(
                "timeZone", \.timeZone, "Time zone of times that name none, such as `Europe/Paris`.",
                effect: "Moves every time without a zone of its own."),
            .number(
                "tolerance", \.tolerance, .within(0, 1), unit: "share",
                "Share of a relation's rows that may be left out as unusable before the run stops.",
                raising: "Worse files are accepted; rows that are left out are counted either way."),
            .section("users", \.users, "Attributes of users."),
            .section("items", \.items, "What can be recommended."),
            .section("events", \.events, "What users did."),
            .section("impressions", \.impressions, "What users were shown, and what came of it."),
        ]
    }

    /// A script or a mapping, and what a mapping cannot do without.
    public func checkTogether(_ path: String) throws {
        try require(
            script.isEmpty || !isMapped, "\(path)script",
            "is set and so are files; expected a script or a mapping of files")
        guard isMapped else { return }
        try require(
            !items.files.isEmpty, "\(path)items.files", "is empty; expected the files that describe items")
        try require(
            !events.files.isEmpty || !impressions.files.isEmpty, "\(path)events.files",
            "is empty, and so is \(path)impressions.files; expected what users did")
    }
}
