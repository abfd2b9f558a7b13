/// What libtorch refused, with the operation and the shapes it was given.
public enum TorchError: Error, Sendable, CustomStringConvertible {
    /// A libtorch call failed. `shapes` are those of its tensor inputs.
    case operation(name: String, shapes: [[Int]], message: String)
    /// A tensor has another rank or element type than the caller needs.
    case unexpected(operation: String, expected: String, found: String)

    /// The message for a user: what happened, what was expected, what to do.
    public var description: String {
        switch self {
        case .operation(let name, let shapes, let message):
            "libtorch refused '\(name)'"
                + (shapes.isEmpty ? "" : " of \(shapes.map(\.description).joined(separator: ", "))")
                + ": \(message)"
        case .unexpected(let operation, let expected, let found):
            "\(operation) expected \(expected), found \(found)"
        }
    }
}
