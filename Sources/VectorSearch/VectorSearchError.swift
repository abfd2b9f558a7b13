internal import CFaiss

/// What a vector search was given that it cannot use, or what FAISS refused.
public enum VectorSearchError: Error, Sendable, Equatable, CustomStringConvertible {
    /// A FAISS call failed.
    case operation(name: String, message: String)
    /// FAISS is not part of this program.
    case absent(message: String)
    /// The elements do not make whole rows of the width, or there are none.
    case shape(what: String, elementCount: Int, width: Int)
    /// A setting is outside what a product quantizer allows.
    case setting(name: String, value: Int, expected: String)
    /// Fewer training vectors than centroids: k-means has nothing to put into a cluster.
    case fewTrainingVectors(count: Int, centroidCount: Int)
    /// An element is NaN or infinite.
    case notFinite(what: String, row: Int)
    /// A code names a centroid that does not exist.
    case code(row: Int, value: Int, centroidCount: Int)
    /// Codes of another code book.
    case codebook(expected: String, found: String)
    /// Bytes are not a quantizer that this version wrote.
    case bytes(message: String)

    /// The message for a user: what happened, what was expected, what to do.
    public var description: String {
        switch self {
        case .operation(let name, let message):
            "FAISS refused '\(name)': \(message)"
        case .absent(let message): message
        case .shape(let what, let elementCount, let width):
            "\(what): expected rows of \(width) elements and at least one, found \(elementCount) elements"
        case .setting(let name, let value, let expected):
            "\(name) is \(value), expected \(expected)"
        case .fewTrainingVectors(let count, let centroidCount):
            "\(count) training vectors for \(centroidCount) centroids; "
                + "give at least as many vectors as centroids, or fewer bits"
        case .notFinite(let what, let row):
            "\(what), row \(row) holds NaN or infinity; check what made the embedding"
        case .code(let row, let value, let centroidCount):
            "codes, row \(row): found \(value), expected a centroid below \(centroidCount)"
        case .codebook(let expected, let found):
            "codes of code book \(found), and this one is \(expected); decode with the code book that encoded"
        case .bytes(let message):
            "these bytes are not a product quantizer: \(message)"
        }
    }
}

/// Runs a call of the shim and throws its message when it fails.
func check(_ name: StaticString, _ status: CInt) throws(VectorSearchError) {
    guard status == 0 else {
        throw .operation(name: "\(name)", message: String(cString: cf_last_error()))
    }
}

/// The handle that a call of the shim made.
func made(_ name: StaticString, _ handle: OpaquePointer?) throws(VectorSearchError) -> OpaquePointer {
    guard let handle else { throw .operation(name: "\(name)", message: "no handle and no error came back") }
    return handle
}
