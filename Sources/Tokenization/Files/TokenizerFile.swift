public import Foundation

/// A Hugging Face `tokenizer.json`, whichever kind of tokenizer it describes.
public enum TokenizerFile {
    /// The tokenizer of a file: `ByteLevelBPETokenizer` or `WordPieceTokenizer`.
    ///
    /// - Throws: `TokenizationError` naming the file and the key.
    public static func tokenizer(contentsOf file: URL) throws -> any Tokenizer {
        try tokenizer(json: data(of: file), path: file.path)
    }

    /// The tokenizer of a file's bytes.
    ///
    /// - Parameters:
    ///   - json: the bytes of a `tokenizer.json`.
    ///   - path: what errors call the file.
    /// - Throws: `TokenizationError` naming the file and the key.
    public static func tokenizer(json: Data, path: String) throws -> any Tokenizer {
        let file = try FileValue(parsing: json, path: path)
        let type = try file.required("model").required("type")
        switch try type.string() {
        case "BPE": return try ByteLevelBPETokenizer(file)
        case "WordPiece": return try WordPieceTokenizer(file, maximumLength: nil)
        case let other: throw type.unsupported(other, expected: "BPE or WordPiece")
        }
    }

    static func data(of file: URL) throws -> Data {
        do {
            return try Data(contentsOf: file)
        } catch {
            let reason = FileManager.default.fileExists(atPath: file.path) ? "\(error)" : "no such file"
            throw TokenizationError.unreadableFile(path: file.path, reason: reason)
        }
    }
}
