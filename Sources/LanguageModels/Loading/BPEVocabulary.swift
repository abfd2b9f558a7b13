import Foundation
import Tokenization

/// What a byte-level BPE tokenizer is built from, as a GGUF file or a tokenizer.json holds it.
struct BPEVocabulary {
    /// Tokens in id order, in the byte-level alphabet.
    let tokens: [String]
    /// Pairs with a space between, the first merged first.
    let merges: [String]
    /// GGUF's token types, one a token.
    let types: [Int32]
    let preTokenizer: PreTokenizer

    func makeTokenizer() throws -> ByteLevelBPETokenizer {
        try ByteLevelBPETokenizer(
            tokens: tokens, merges: merges, tokenTypes: types, preTokenizer: preTokenizer)
    }

    /// From a GGUF file's metadata.
    init(_ file: GGUFFile) throws {
        let model = try file.required("tokenizer.ggml.model", \.string)
        guard model == "gpt2" else {
            throw LanguageModelError.file(
                path: file.url.path, message: "has a '\(model)' tokenizer; expected 'gpt2' (byte-level BPE)")
        }
        tokens = try file.required("tokenizer.ggml.tokens", \.strings)
        merges = try file.required("tokenizer.ggml.merges", \.strings)
        types = try file.required("tokenizer.ggml.token_type", \.integers).map(Int32.init)
        preTokenizer = try PreTokenizer(ggufName: file.required("tokenizer.ggml.pre", \.string))
    }

    /// From a tokenizer.json that `json()` wrote or that has the same form.
    init(_ url: URL) throws {
        let file: File
        do { file = try JSONDecoder().decode(File.self, from: Data(contentsOf: url)) } catch {
            throw LanguageModelError.file(
                path: url.path, message: "is no byte-level BPE tokenizer.json (\(error))")
        }
        let added = Dictionary(file.added_tokens.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        var tokens = [String](repeating: "", count: (file.model.vocab.values.max() ?? -1) + 1)
        for (token, id) in file.model.vocab where id >= 0 { tokens[id] = token }
        self.tokens = tokens
        merges = file.model.merges
        types = tokens.indices.map { id in
            let type: TokenType = added[id].map { $0.special ? .control : .userDefined } ?? .normal
            return type.rawValue
        }
        let kinds = file.pre_tokenizer.pretokenizers.map(\.type)
        guard kinds == ["Digits", "ByteLevel"] else {
            throw LanguageModelError.file(
                path: url.path,
                message: "splits words by \(kinds); expected Digits and ByteLevel, as SmolLM2 does")
        }
        preTokenizer = .smollm
    }

    /// A tokenizer.json of the same tokenizer.
    ///
    /// - Throws: `LanguageModelError.configuration` for a pre-tokenizer whose tokenizer.json is not written
    ///   yet.
    func json() throws -> Data {
        guard preTokenizer == .smollm else {
            throw LanguageModelError.configuration(
                "a tokenizer.json is written for SmolLM2's pre-tokenizer, not for '\(preTokenizer.rawValue)'")
        }
        let added = tokens.indices.compactMap { id -> File.Added? in
            guard let type = TokenType(rawValue: types[id]), type == .control || type == .userDefined else {
                return nil
            }
            return File.Added(id: id, content: tokens[id], special: type == .control)
        }
        let model = File.Model(
            type: "BPE", vocab: Dictionary(uniqueKeysWithValues: zip(tokens, tokens.indices)), merges: merges)
        let split = File.PreTokenizer(
            type: "Sequence",
            pretokenizers: [
                .init(type: "Digits", individual_digits: true),
                .init(type: "ByteLevel", add_prefix_space: false, trim_offsets: true, use_regex: true),
            ])
        let decoder = File.Step(
            type: "ByteLevel", add_prefix_space: true, trim_offsets: true, use_regex: true)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(
            File(version: "1.0", added_tokens: added, pre_tokenizer: split, decoder: decoder, model: model))
    }

    /// The keys of tokenizer.json.
    private struct File: Codable {
        struct Added: Codable {
            var id: Int
            var content: String
            var special: Bool
            var single_word = false
            var lstrip = false
            var rstrip = false
            var normalized = false

            init(id: Int, content: String, special: Bool) {
                self.id = id
                self.content = content
                self.special = special
            }
        }

        struct Step: Codable {
            var type: String
            var individual_digits: Bool?
            var add_prefix_space: Bool?
            var trim_offsets: Bool?
            var use_regex: Bool?
        }

        struct PreTokenizer: Codable {
            var type: String
            var pretokenizers: [Step]
        }

        struct Model: Codable {
            var type: String
            var vocab: [String: Int]
            var merges: [String]
        }

        var version: String
        var added_tokens: [Added]
        var pre_tokenizer: PreTokenizer
        var decoder: Step
        var model: Model
    }
}
