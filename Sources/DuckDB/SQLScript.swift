/// Statements with the name that an error calls them by.
public struct SQLScript: Sendable, Equatable {
    /// Such as the file that holds the statements.
    public var name: String
    /// SQL, each statement with its semicolon.
    public var statements: String

    /// A script.
    public init(name: String, statements: String) {
        self.name = name
        self.statements = statements
    }
}
