extension FeatureConfiguration: ConfigurationSection {
    /// See `ConfigurationSection`.
    public static var settings: [Setting<FeatureConfiguration>] {
        [
            .texts(
                "without", \.without, unit: "fields",
                "Fields that no ranker reads.",
                effect: "Each excluded field removes a signal and a source of overfitting."),
            .map(
                "numeric", \.numeric, unit: "fields",
                "Numeric fields with the rising edges of their buckets, such as `price: \"1, 2.5, 10\"`: "
                    + "`price`, or a column of the users.",
                effect: "More edges resolve finer differences and leave fewer impressions per bucket."),
            .map(
                "multiValued", \.multiValued, unit: "fields",
                "Users' columns that hold several values, each with its separator, such as `clubs: \"|\"`. "
                    + "The embeddings of a user's values are averaged.",
                effect: "Users with overlapping values share what is learnt about each value, instead of one "
                    + "embedding per combination."),
        ]
    }
}
