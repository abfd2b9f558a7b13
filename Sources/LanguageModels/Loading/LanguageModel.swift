public import Foundation
public import Tokenization
import Torch
import TorchNN

/// A decoder with its tokenizer and chat template.
public final class LanguageModel {
    /// The weights.
    public let decoder: Decoder
    /// Text to token ids and back.
    public let tokenizer: ByteLevelBPETokenizer
    /// How a conversation becomes a prompt.
    public let template: ChatTemplate
    /// Tokens that end a completion.
    public let stopTokens: Set<Int32>
    private let vocabulary: BPEVocabulary

    /// Loads a GGUF file, a model folder, or a fetched model by its short name.
    ///
    /// - Throws: `LanguageModelError`, `TorchError` or `TokenizationError`, each naming the file.
    public convenience init(_ name: String) throws {
        switch try ModelLocation.resolve(name) {
        case .gguf(let url):
            let file = try GGUFFile(url)
            try self.init(Decoder(file), BPEVocabulary(file))
        case .folder(let url):
            try self.init(folder: url)
        }
    }

    /// Loads config.json, model.safetensors and tokenizer.json of a folder.
    public convenience init(folder url: URL) throws {
        let configuration = try HuggingFaceFolder(url).decoderConfiguration()
        let weights = try SafetensorsFile(url.appending(path: "model.safetensors"))
        let vocabulary = try BPEVocabulary(url.appending(path: "tokenizer.json"))
        try self.init(Decoder(configuration) { try weights.tensor($0).to(.float32) }, vocabulary)
    }

    private init(_ decoder: Decoder, _ vocabulary: BPEVocabulary) throws {
        self.decoder = decoder
        self.vocabulary = vocabulary
        tokenizer = try vocabulary.makeTokenizer()
        template = .chatML
        let ends = decoder.configuration.endTokens.compactMap { Int32(exactly: $0) }
        stopTokens = Set(ends + [tokenizer.id(of: "<|im_end|>")].compactMap { $0 })
    }

    /// Draws completions with this model's end tokens.
    public var generator: Generator {
        Generator(decoder, stopTokens: stopTokens) { [tokenizer] in try tokenizer.decode(Array($0)) }
    }

    /// The tokens of a conversation of one user message, up to where the assistant's turn begins.
    ///
    /// - Parameter beginning: text that the assistant's turn begins with.
    public func promptTokens(user message: String, beginning: String = "") -> [Int32] {
        tokenizer.encode(template.render([ChatMessage(role: .user, content: message)]) + beginning)
    }

    /// Overwrites the weights with those of a checkpoint of the same model.
    public func loadWeights(fromCheckpoint folder: URL) throws {
        try decoder.weights.load(from: SafetensorsFile(folder.appending(path: "model.safetensors")))
    }

    /// Writes a folder in Hugging Face layout: config.json, model.safetensors, tokenizer.json.
    public func writeCheckpoint(to folder: URL) throws {
        try SafetensorsFile.write(
            decoder.weights.named(), to: folder.appending(path: "model.safetensors"))
        try vocabulary.json().write(to: folder.appending(path: "tokenizer.json"))
        var configuration = try JSONSerialization.jsonObject(
            with: JSONEncoder().encode(decoder.configuration))
        if var keys = configuration as? [String: Any] {
            keys["architectures"] = ["LlamaForCausalLM"]
            keys["model_type"] = "llama"
            keys["hidden_act"] = "silu"
            keys["torch_dtype"] = "float32"
            configuration = keys
        }
        try JSONSerialization.data(withJSONObject: configuration, options: [.sortedKeys, .prettyPrinted])
            .write(to: folder.appending(path: "config.json"))
    }
}

extension ModelLocation {
    /// The tokenizer of a model, without its weights.
    public static func tokenizer(of name: String) throws -> any Tokenizer {
        switch try resolve(name) {
        case .gguf(let url): return try BPEVocabulary(GGUFFile(url)).makeTokenizer()
        case .folder(let url):
            let file = url.appending(path: "tokenizer.json")
            if try HuggingFaceFolder(url).family() == "bert" {
                return try WordPieceTokenizer(contentsOf: file)
            }
            return try BPEVocabulary(file).makeTokenizer()
        }
    }
}
