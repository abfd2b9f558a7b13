public import Foundation
import Torch

/// Texts as unit-length vectors, by a BERT sentence encoder or by a decoder that embeds.
public final class SentenceEncoder {
    private enum Backbone {
        case bert(BERTEncoder)
        case decoder(DecoderEmbedder)
    }

    private let backbone: Backbone
    private let defaultPrompt: String
    private let folder: URL

    /// A language model's own hidden states: the mean over a text's tokens of the last layer's, normalized.
    public init(of model: LanguageModel) {
        backbone = .decoder(DecoderEmbedder(model))
        defaultPrompt = ""
        folder = URL(filePath: "")
    }

    /// Loads a model folder: `bert` with mean or `[CLS]` pooling, or `llama`, `qwen2`, `qwen3` with pooling
    /// of the last token.
    ///
    /// - Parameter precision: the type of a decoder's weights in memory; BERT's are float32.
    /// - Throws: `LanguageModelError.file`, `ModelFileError` or a tokenizer's error, each naming the file.
    public init(folder url: URL, precision: WeightPrecision = .float32) throws {
        let folder = HuggingFaceFolder(url)
        let family = try folder.family()
        let modules = try EncoderModules(folder)
        self.folder = url
        defaultPrompt = modules.defaultPrompt
        if family == "bert" {
            backbone = .bert(try BERTEncoder(folder, modules))
        } else if DecoderFamily(rawValue: family) != nil {
            backbone = .decoder(try DecoderEmbedder(folder, modules, precision: precision))
        } else {
            throw LanguageModelError.file(
                path: url.path,
                message: "is a '\(family)' model; encoders of these load: bert, \(DecoderFamily.names)")
        }
    }

    /// Loads a model folder, or a fetched encoder by its short name.
    public convenience init(named name: String, precision: WeightPrecision = .float32) throws {
        guard case .folder(let url) = try ModelLocation.resolve(name) else {
            throw LanguageModelError.file(
                path: name, message: "is a GGUF file; expected a folder with a sentence encoder")
        }
        try self.init(folder: url, precision: precision)
    }

    /// D, the width of an embedding.
    public var width: Int {
        switch backbone {
        case .bert(let encoder): encoder.configuration.width
        case .decoder(let embedder): embedder.decoder.configuration.width
        }
    }

    /// Unit-length embeddings, one row of `width` numbers a text, in the order of the texts.
    ///
    /// - Parameters:
    ///   - instruction: what the texts are looked up for, such as "Given a wish, find the item";
    ///     for queries alone, and for decoders alone. It is written as Qwen3-Embedding's
    ///     `Instruct: …\nQuery:`.
    ///   - batchSize: texts computed side by side; they are grouped by length so that little is padding.
    /// - Throws: `LanguageModelError.configuration` for an instruction to a BERT encoder.
    public func embed(
        _ texts: [String], instruction: String? = nil, batchSize: Int = 32, progress: (Int) -> Void = { _ in }
    ) throws -> [Float] {
        let encoded = try texts.map { try tokens(of: $0, instruction: instruction) }
        let order = texts.indices.sorted { (encoded[$0].count, $0) < (encoded[$1].count, $1) }
        var result = [Float](repeating: 0, count: texts.count * width)
        for start in stride(from: 0, to: order.count, by: batchSize) {
            let places = order[start..<min(start + batchSize, order.count)]
            let rows: [Float] = try embed(places.map { encoded[$0] }).elements()
            for (row, place) in places.enumerated() {
                result.replaceSubrange(
                    place * width..<(place + 1) * width, with: rows[row * width..<(row + 1) * width])
            }
            progress(start + places.count)
        }
        return result
    }

    /// Tokens of a text, those that are added included.
    ///
    /// - Throws: an error of the tokenizer.
    public func tokenCount(of text: String) throws -> Int { try tokens(of: text).count }

    /// The tokens that stand for a text, those that are added included.
    func tokens(of text: String, instruction: String? = nil) throws -> [Int32] {
        let prompt = instruction.map { "Instruct: \($0)\nQuery:" } ?? defaultPrompt
        switch backbone {
        case .decoder(let embedder): return embedder.tokens(of: prompt + text)
        case .bert(let encoder):
            guard instruction == nil else {
                throw LanguageModelError.configuration(
                    "\(folder.path) is a BERT encoder, which takes no instruction; leave it out")
            }
            return encoder.tokens(of: prompt + text)
        }
    }

    /// Unit-length embeddings of token sequences, `[B, D]`.
    private func embed(_ sequences: [[Int32]]) throws -> Tensor {
        try withoutGrad {
            let pooled =
                switch backbone {
                case .bert(let encoder): try encoder.pooled(sequences)
                case .decoder(let embedder): try embedder.pooled(sequences)
                }
            return try pooled / pooled.norm(axis: 1, keepsAxis: true)
        }
    }
}
