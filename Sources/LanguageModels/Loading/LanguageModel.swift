public import Foundation
import ModelFiles
public import Pipeline
public import Tokenization
import Torch
import TorchNN

/// A decoder with its tokenizer and chat template.
public final class LanguageModel {
    /// The weights.
    public let decoder: Decoder
    /// Text to token ids and back.
    public let tokenizer: ByteLevelBPETokenizer
    /// How a conversation becomes a prompt; nil when the model brings no template that is known.
    public let template: ChatTemplate?
    /// The token that ends a turn of the template, if one does.
    public let endOfTurn: Int32?
    /// Tokens that end a completion: the configuration's, and the one that ends a turn of the template.
    public let stopTokens: Set<Int32>
    /// What a checkpoint of this model is written with.
    let source: ModelSource
    /// What completions are drawn with, where it is not `decoder`.
    private var roundedDecoder: Decoder?

    /// Loads a GGUF file, a model folder, or a fetched model by its short name.
    ///
    /// - Parameters:
    ///   - precision: the type of the weights in memory.
    ///   - template: the chat template; nil to take the model's own.
    /// - Throws: `LanguageModelError`, `TorchError` or `TokenizationError`, each naming the file.
    public convenience init(
        _ name: String, precision: WeightPrecision = .float32, template: ChatTemplate? = nil
    ) throws {
        switch try ModelLocation.resolve(name) {
        case .gguf(let url):
            let file = try GGUFFile(url)
            try self.init(
                Decoder(file), ByteLevelBPETokenizer(file), template,
                ModelSource(templateText: file.metadata["tokenizer.chat_template"]?.string))
        case .folder(let url): try self.init(folder: url, precision: precision, template: template)
        }
    }

    /// Loads config.json, safetensors and tokenizer.json of a folder of the Llama, Qwen2 or Qwen3 family; or
    /// a folder with only a PEFT adapter, on its base model.
    ///
    /// - Throws: `LanguageModelError`, `TorchError` or `TokenizationError`, each naming the file.
    public convenience init(
        folder url: URL, precision: WeightPrecision = .float32, template: ChatTemplate? = nil
    ) throws {
        let folder = HuggingFaceFolder(url)
        if let adapter = try AdapterFolder(folder) {
            try self.init(folder: adapter.base(), precision: precision, template: template)
            try adapter.merge(into: decoder)
            return
        }
        let configuration = try folder.decoderConfiguration()
        try self.init(
            Decoder(url, configuration, precision: precision),
            ByteLevelBPETokenizer(contentsOf: url.appending(path: "tokenizer.json")), template,
            ModelSource(templateText: folder.templateText(), folder: url))
    }

    private init(
        _ decoder: Decoder, _ tokenizer: ByteLevelBPETokenizer, _ template: ChatTemplate?,
        _ source: ModelSource
    ) throws {
        self.decoder = decoder
        // Kernels of ours read narrow weights as they are; elsewhere every product would widen them first.
        if !decoder.embedding.hasKernels, try decoder.embedding.elementType == .bfloat16 {
            decoder.computation.productType = .bfloat16
        }
        self.tokenizer = tokenizer
        self.source = source
        // A model whose template is not known still scores and completes prompts that are given as they are.
        self.template = template ?? source.templateText.flatMap { try? ChatTemplate(recognizing: $0) }
        endOfTurn = self.template?.endOfTurn(tokenizer)
        let ends = decoder.configuration.endTokens.compactMap { Int32(exactly: $0) }
        stopTokens = Set(ends + [endOfTurn].compactMap { $0 })
    }

    /// Tokens of a prompt and its completion, at most.
    public var contextLength: Int { decoder.configuration.contextLength }

    /// Draws completions with this model's end tokens.
    public var generator: Generator { generator(of: roundedDecoder ?? decoder) }

    /// Draws completions with weights rounded as they are now; likelihoods and hidden states keep the model's
    /// own. Rounded weights take a quarter of these ones' bytes besides.
    ///
    /// - Returns: this model.
    /// - Throws: `TorchError` for rounding weights that are not on the processor.
    public func drawing(with weights: GenerationWeights) throws -> LanguageModel {
        roundedDecoder =
            switch weights {
            case .float32: nil
            case .int8: try decoder.roundedToEightBits()
            }
        return self
    }

    /// Draws completions of a decoder of the same vocabulary, such as this model's with rounded weights.
    public func generator(of decoder: Decoder) -> Generator {
        Generator(decoder, stopTokens: stopTokens) { [tokenizer] ids in
            try tokenizer.decode(ids.filter { $0 < tokenizer.vocabularySize })
        }
    }

    /// The text of generated tokens, without special ones.
    ///
    /// Many decoders have more rows than their tokenizer has tokens (Qwen pads the vocabulary to a multiple
    /// of 128). Such an id has no text and is skipped, as in transformers.
    ///
    /// - Throws: `TokenizationError.idOutsideVocabulary` for an id that the decoder does not have either.
    public func text(of ids: [Int32]) throws -> String {
        let padding =
            tokenizer
            .vocabularySize..<max(
                tokenizer.vocabularySize, decoder.configuration.vocabularySize)
        return try tokenizer.decode(ids.filter { !padding.contains(Int($0)) }, skipsSpecialTokens: true)
    }

    /// The tokens of a conversation of one user message, up to where the assistant's turn begins.
    ///
    /// - Parameter beginning: text that the assistant's turn begins with.
    /// - Throws: `LanguageModelError.configuration` when the model has no chat template that is known.
    public func promptTokens(user message: String, beginning: String = "") throws -> [Int32] {
        guard let template else {
            throw LanguageModelError.noTemplate(modelHasOne: source.templateText != nil)
        }
        return tokenizer.encode(template.render([ChatMessage(role: .user, content: message)]) + beginning)
    }
}

/// What a model came with that a checkpoint of it passes on.
struct ModelSource {
    /// The chat template as the model writes it.
    var templateText: String?
    /// The model's folder, if it came from one.
    var folder: URL?
}

extension ChatTemplate {
    /// The special token that ends a turn, if one does.
    func endOfTurn(_ tokenizer: ByteLevelBPETokenizer) -> Int32? {
        guard let end = turnEnd else { return nil }
        let special = Set(tokenizer.specialTokens.values)
        return tokenizer.encode(end).first { special.contains($0) }
    }

    /// The text that ends an assistant's turn, if the template writes one.
    public var turnEnd: String? {
        let content = "content"
        let messages = [
            ChatMessage(role: .user, content: ""), ChatMessage(role: .assistant, content: content),
        ]
        let text = render(messages, addsGenerationPrompt: false)
        guard let end = text.range(of: content, options: .backwards)?.upperBound else { return nil }
        let written = text[end...].trimmingCharacters(in: .whitespacesAndNewlines)
        return written.isEmpty ? nil : written
    }
}
