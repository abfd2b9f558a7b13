public import Foundation

/// Places in this package, found from where this file lies, so that tests run from any working folder.
public enum PackageFolder {
    /// The package's folder.
    public static let root = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// A file or folder that the bootstrap unpacked, by its path below `.deps`.
    ///
    /// - Throws: `TestSupportError` when it is not there.
    public static func dependency(_ path: String) throws -> URL {
        let url = root.appending(path: ".deps").appending(path: path)
        guard FileManager.default.fileExists(atPath: url.path) else {
            throw TestSupportError(description: "\(url.path) is not there; run `make setup` first")
        }
        return url
    }

    /// A golden file by its name without `.json`.
    public static func golden(_ name: String) -> URL { root.appending(path: "Tests/Golden/\(name).json") }
}

/// What a test needs and does not find.
public struct TestSupportError: Error, CustomStringConvertible {
    /// What happened and what to do.
    public let description: String

    /// An error with its message.
    public init(description: String) { self.description = description }
}
