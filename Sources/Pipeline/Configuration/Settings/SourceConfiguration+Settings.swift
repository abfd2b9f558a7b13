extension SourceConfiguration: ConfigurationSection {
    /// See `ConfigurationSection`.
    public static var settings: [Setting<SourceConfiguration>] {
        [
            .text(
                "folder", \.folder,
                "Folder with the Parquet files of The Complete Journey; empty for the fetched copy.",
                effect: "Other logs make another run: every step depends on their content."),
            .text(
                "script", \.script,
                "SQL file that defines `source_users`, `source_items`, `source_events` and "
                    + "`source_promotions` from your own logs, in any format that DuckDB reads; empty for "
                    + "The Complete Journey. Docs/Artifacts.md lists the columns.",
                effect: "Runs on your own logs in place of The Complete Journey; check `construct.weeks` "
                    + "against the time they span."),
        ]
    }
}
