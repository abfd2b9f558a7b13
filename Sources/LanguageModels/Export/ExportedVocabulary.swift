import Foundation
import Tokenization

/// A tokenizer as a GGUF file holds it, read from its tokenizer.json.
struct ExportedVocabulary {
    /// In id order, in the byte-level alphabet; added tokens as their text.
    private(set) var tokens: [String]
    /// GGUF's token types, one a token.
    private(set) var types: [Int]
    /// Pairs with a space between, the first merged first.
    let merges: [String]

    /// A merge: `"a b"`, or `["a", "b"]` as newer files have it.
    private struct Merge: Decodable {
        let text: String

        init(from decoder: any Swift.Decoder) throws {
            let container = try decoder.singleValueContainer()
            text =
                if let pair = try? container.decode([String].self) {
                    // Between the two parts stands a space; one inside a part is that byte's letter.
                    pair.map { $0.replacing(" ", with: "Ġ") }.joined(separator: " ")
                } else {
                    try container.decode(String.self)
                }
        }
    }

    private struct File: Decodable {
        struct Added: Decodable {
            let id: Int
            let content: String
            let special: Bool
        }
        struct Model: Decodable {
            let vocab: [String: Int]
            let merges: [Merge]
        }
        let added_tokens: [Added]
        let model: Model
    }

    /// - Parameters:
    ///   - json: a tokenizer.json of byte-level BPE.
    ///   - count: rows of the token embedding; ids without a token become unused ones, as llama.cpp's
    ///     converter does.
    init(json: Data, count: Int) throws {
        let file: File
        do { file = try JSONDecoder().decode(File.self, from: json) } catch {
            throw LanguageModelError.configuration("the model's tokenizer cannot be exported (\(error))")
        }
        let ids = file.model.vocab.values + file.added_tokens.map(\.id)
        if let wrong = ids.first(where: { $0 < 0 || $0 >= count }) {
            throw LanguageModelError.configuration(
                "the tokenizer has token id \(wrong), the model \(count) embeddings; it cannot be exported")
        }
        tokens = (0..<count).map { "[PAD\($0)]" }
        types = Array(repeating: Int(TokenType.unused.rawValue), count: count)
        for (token, id) in file.model.vocab {
            tokens[id] = token
            types[id] = Int(TokenType.normal.rawValue)
        }
        for added in file.added_tokens {
            tokens[added.id] = added.content
            types[added.id] = Int((added.special ? TokenType.control : .userDefined).rawValue)
        }
        merges = file.model.merges.map(\.text)
    }
}
