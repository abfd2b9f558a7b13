/// Which columns describe items.
public struct ItemMapping: Codable, Sendable, Equatable {
    /// Files, globs, folders or URLs.
    public var files: [String] = []
    /// How the files are written.
    public var format = FileFormat()
    /// Column of the item's id, which is kept as written.
    public var id = "item_id"
    /// Column of the title; empty to call items by their ids.
    public var title = "title"
    /// Columns of the categories, the broadest first.
    public var categories: [String] = []
    /// What the columns of `categories` hold.
    public var categoryForm = CategoryForm.levels
    /// What separates the levels in one column, with `categoryForm: list`; empty for a JSON or Parquet list.
    public var categorySeparator = ""
    /// Character that stands for a blank inside a category, such as `_`; empty for none.
    public var categoryBlank = ""
    /// Column of the brand; empty where it is not known.
    public var brand = ""
    /// Column of the price; empty where it is not known.
    public var price = ""
    /// Further attributes by name, each with its column; empty for none.
    public var attributes: [String: String] = [:]
    /// What happens where two rows have one id.
    public var duplicates = DuplicateRule.refuse

    /// No files.
    public init() {}

    /// Forms of categories.
    public enum CategoryForm: String, Codable, Sendable, CaseIterable {
        /// each column one level
        case levels
        /// one column with all levels
        case list
        /// each column is 1 where the item is of the category that the column is named after
        case flags
    }
}
