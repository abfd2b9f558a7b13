import Foundation
import ModelFiles
public import Tokenization

extension ModelLocation {
    /// The tokenizer of a model, without its weights.
    ///
    /// - Throws: `LanguageModelError.file` or `TokenizationError`, each naming the file.
    public static func tokenizer(of name: String) throws -> any Tokenizer {
        switch try resolve(name) {
        case .gguf(let url): return try ByteLevelBPETokenizer(GGUFFile(url))
        case .folder(let url):
            if let adapter = try AdapterFolder(HuggingFaceFolder(url)) {
                return try tokenizer(of: adapter.base().path)
            }
            let file = url.appending(path: "tokenizer.json")
            if try HuggingFaceFolder(url).family() == "bert" {
                return try WordPieceTokenizer(contentsOf: file)
            }
            return try ByteLevelBPETokenizer(contentsOf: file)
        }
    }
}
