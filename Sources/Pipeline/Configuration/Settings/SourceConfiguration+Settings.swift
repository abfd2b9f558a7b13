extension SourceConfiguration: ConfigurationSection {
    /// See `ConfigurationSection`.
    public static var settings: [Setting<SourceConfiguration>] {
        [
            .text(
                "folder", \.folder,
                "Folder of The Complete Journey's Parquet files; empty for the fetched one.",
                effect: ""),
            .text(
                "script", \.script,
                "SQL that makes the relations `source_users`, `source_items`, `source_events` and "
                    + "`source_promotions` from a user's own logs (any files that DuckDB reads); empty "
                    + "for The Complete Journey. Docs/Artifacts.md lists the columns.",
                effect: ""),
        ]
    }
}
