/// Names of the steps and files of stage 1, which every later stage reads.
public enum ConstructedFiles {
    /// Step: users, items, behaviours, impressions, splits and prompts.
    public static let tablesStep = "1-construct/tables"
    /// Step: the teacher's reasoning.
    public static let teacherStep = "1-construct/teacher"
    /// `User` records.
    public static let users = "users.jsonl"
    /// `Item` records.
    public static let items = "items.jsonl"
    /// `Event` rows.
    public static let events = "events.csv"
    /// `Impression` rows, by user and time.
    public static let impressions = "impressions.parquet"
    /// `Impression` rows: everything that some visits of the test window could be shown.
    public static let auctions = "auctions.parquet"
    /// `PromptSample` records.
    public static let samples = "samples.jsonl"
    /// `CatalogueEntry` records.
    public static let catalogue = "catalogue.jsonl"
    /// `InferencePrompt` records.
    public static let inference = "inference.jsonl"
    /// `TeacherSample` records.
    public static let teacher = "teacher.jsonl"
}
