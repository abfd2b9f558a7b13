extension FeatureConfiguration: ConfigurationSection {
    /// See `ConfigurationSection`.
    public static var settings: [Setting<FeatureConfiguration>] {
        [
            .texts(
                "without", \.without, unit: "fields",
                "Fields that no ranker reads.",
                effect: "Each field left out is one less that the rankers can learn from or overfit to."),
            .map(
                "numeric", \.numeric, unit: "fields",
                "Numbers, by field: the edges of their buckets in rising order, such as `\"1, 2.5, "
                    + "10\"`. Of `price` and of users' columns.",
                effect: "More edges resolve finer differences and leave fewer impressions in each bucket."),
            .map(
                "multiValued", \.multiValued, unit: "fields",
                "Lists, by users' column: what separates their values, such as `\"|\"`. The "
                    + "embeddings of a user's values are averaged.",
                effect: "A field that is split into values shares what it learns about each value between "
                    + "users."),
        ]
    }
}
