import Foundation
public import ModelFiles
public import Tokenization

extension ByteLevelBPETokenizer {
    /// The tokenizer in a GGUF file's metadata.
    ///
    /// - Throws: `LanguageModelError` or `TokenizationError` if the file has none, another kind, or a damaged
    ///   one.
    public convenience init(_ file: GGUFFile) throws {
        let model = try file.required("tokenizer.ggml.model", \.string)
        guard model == "gpt2" else {
            throw LanguageModelError.file(
                path: file.url.path, message: "has a '\(model)' tokenizer; expected 'gpt2' (byte-level BPE)")
        }
        let preTokenizer = try PreTokenizer(ggufName: file.required("tokenizer.ggml.pre", \.string))
        // Llama 3's files need not say that a text begins with a token; the others' do.
        let addsBegin = file.metadata["tokenizer.ggml.add_bos_token"]?.bool ?? (preTokenizer == .llama3)
        let addsEnd = file.metadata["tokenizer.ggml.add_eos_token"]?.bool ?? false
        try self.init(
            tokens: file.required("tokenizer.ggml.tokens", \.strings),
            merges: file.required("tokenizer.ggml.merges", \.strings),
            tokenTypes: file.required("tokenizer.ggml.token_type", \.integers).map { type in
                guard let type = Int32(exactly: type) else {
                    throw LanguageModelError.file(
                        path: file.url.path, message: "has a token of type \(type); expected 1 to 6")
                }
                return type
            },
            preTokenizer: preTokenizer,
            textPrefix: addsBegin ? try Self.token("tokenizer.ggml.bos_token_id", of: file) : [],
            textSuffix: addsEnd ? try Self.token("tokenizer.ggml.eos_token_id", of: file) : [])
    }

    /// The token whose id the metadata gives, if it does.
    private static func token(_ key: String, of file: GGUFFile) throws -> [Int32] {
        guard let value = file.metadata[key] else { return [] }
        guard let id = value.integer.flatMap({ Int32(exactly: $0) }) else {
            throw LanguageModelError.file(path: file.url.path, message: "has no token id at \(key)")
        }
        return [id]
    }
}
