/// Which columns describe users. A run needs no such files: without them, users are who the events name.
public struct UserMapping: Codable, Sendable, Equatable {
    /// Files, globs, folders or URLs; empty where nothing is known about users.
    public var files: [String] = []
    /// How the files are written.
    public var format = FileFormat()
    /// Column of the user's id, which is kept as written.
    public var id = "user_id"
    /// Attributes by name, each with its column; empty for all other columns under their own names.
    public var attributes: [String: String] = [:]
    /// What happens where two rows have one id.
    public var duplicates = DuplicateRule.refuse

    /// No files.
    public init() {}
}
