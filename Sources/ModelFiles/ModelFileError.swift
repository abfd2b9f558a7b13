/// A model's file that cannot be read or written, and why.
public struct ModelFileError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The file or folder.
    public let path: String
    /// What is wrong with it, what was expected, what to do; continues a sentence that the path begins.
    public let message: String

    /// An error about the file or folder at `path`.
    public init(path: String, message: String) { (self.path, self.message) = (path, message) }

    /// The message for a user.
    public var description: String { "\(path): \(message)" }
}
