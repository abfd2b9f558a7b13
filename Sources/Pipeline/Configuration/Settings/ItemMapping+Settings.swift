extension ItemMapping: ConfigurationSection {
    /// See `ConfigurationSection`.
    public static var settings: [Setting<ItemMapping>] {
        [
            .files(
                \.files, "Files, globs, folders or URLs.",
                effect: "Every item that an event names has to be in them."),
            .text(
                "id", \.id, "Column of the item's id, which is kept as written.",
                effect: "Has to hold the ids that events name."),
            .text(
                "title", \.title, "Column of the title; empty to call items by their ids.",
                effect: "The title is what the language model reads and predicts."),
            .texts(
                "categories", \.categories, unit: "columns",
                "Columns of the categories, the broadest first.",
                effect: "Each level is a field of the ranker and a line of the model's answer."),
            .choice(
                "categoryForm", \.categoryForm, "What the columns of `categories` hold.",
                effect: "Decides how many levels come out of a column."
            ) {
                switch $0 {
                case .levels: "each column one level"
                case .list: "one column with all levels"
                case .flags:
                    "each column is 1 where the item is of the category that the column is named after"
                }
            },
            .text(
                "categorySeparator", \.categorySeparator,
                "What separates the levels in one column, with `categoryForm: list`; empty for a JSON or "
                    + "Parquet list.",
                effect: "The wrong one makes one level of all."),
            .text(
                "categoryBlank", \.categoryBlank,
                "Character that stands for a blank inside a category, such as `_`; empty for none.",
                effect: "The language model reads words instead of joined ones."),
            .text(
                "brand", \.brand, "Column of the brand; empty where it is not known.",
                effect: "Adds the brand as a field of the ranker."),
            .text(
                "price", \.price, "Column of the price; empty where it is not known.",
                effect: "Adds the price as a field of the ranker."),
            .map(
                "attributes", \.attributes, unit: "attributes",
                "Further attributes by name, each with its column; empty for none.",
                effect: "Each is a field of the ranker, such as `item.color`."),
            .duplicates(\.duplicates),
            .section("format", \.format, "How the files are written."),
        ]
    }

    /// A list is in one column.
    public func checkTogether(_ path: String) throws {
        try require(
            categoryForm != .list || categories.count == 1, "\(path)categories",
            "are \(categories); expected one column with categoryForm: list")
        try require(
            categoryForm == .list || categorySeparator.isEmpty, "\(path)categorySeparator",
            "is '\(categorySeparator)'; expected none without categoryForm: list")
    }
}
