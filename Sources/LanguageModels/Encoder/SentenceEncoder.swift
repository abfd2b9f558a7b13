public import Foundation
import Tokenization
import Torch

/// A BERT sentence encoder: mean of the last layer over a text's tokens, scaled to unit length.
public final class SentenceEncoder {
    /// The sizes.
    public let configuration: EncoderConfiguration
    private let tokenizer: WordPieceTokenizer
    private let words: Tensor  // [V, D]
    private let positions: Tensor  // [T, D]
    private let tokenType: Tensor  // [1, D]
    private let norm: (weight: Tensor, bias: Tensor)
    private let layers: [EncoderLayer]

    /// Loads config.json, model.safetensors and tokenizer.json of a folder.
    ///
    /// - Throws: `LanguageModelError.file`, `TorchError.file` or a tokenizer's error, each naming the file.
    public init(folder: URL) throws {
        configuration = try HuggingFaceFolder(folder).configuration(EncoderConfiguration.self)
        guard configuration.family == "bert", configuration.activation == "gelu" else {
            throw LanguageModelError.file(
                path: folder.path,
                message:
                    "is a '\(configuration.family)' model with '\(configuration.activation)'; expected bert, gelu"
            )
        }
        tokenizer = try WordPieceTokenizer(
            contentsOf: folder.appending(path: "tokenizer.json"),
            maximumLength: Self.maximumLength(folder) ?? configuration.contextLength)
        let file = try SafetensorsFile(folder.appending(path: "model.safetensors"))
        let read = { try file.tensor($0).to(.float32) }
        words = try read("embeddings.word_embeddings.weight")
        positions = try read("embeddings.position_embeddings.weight")
        tokenType = try read("embeddings.token_type_embeddings.weight").slice(0, 0..<1)
        norm = (try read("embeddings.LayerNorm.weight"), try read("embeddings.LayerNorm.bias"))
        layers = try (0..<configuration.layerCount).map { layer in
            try EncoderLayer { try read("encoder.layer.\(layer).\($0)") }
        }
    }

    /// Loads a model folder, or a fetched encoder by its short name.
    public convenience init(named name: String) throws {
        guard case .folder(let url) = try ModelLocation.resolve(name) else {
            throw LanguageModelError.file(
                path: name, message: "is a GGUF file; expected a folder with a BERT encoder")
        }
        try self.init(folder: url)
    }

    /// D, the width of an embedding.
    public var width: Int { configuration.width }

    /// Unit-length embeddings, one row of `width` numbers a text, in the order of the texts.
    ///
    /// - Parameter batchSize: texts computed side by side; they are grouped by length so that little is
    ///   padding.
    public func embed(_ texts: [String], batchSize: Int = 32, progress: (Int) -> Void = { _ in }) throws
        -> [Float]
    {
        let encoded = texts.map { tokenizer.encode($0) }
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

    /// Unit-length embeddings of token sequences, `[B, D]`.
    private func embed(_ sequences: [[Int32]]) throws -> Tensor {
        try withoutGrad {
            let (batch, longest) = (sequences.count, sequences.map(\.count).max() ?? 0)
            let ids = sequences.flatMap {
                $0.map(Int64.init) + Array(repeating: 0, count: longest - $0.count)
            }
            let isToken = sequences.flatMap { sequence in (0..<longest).map { $0 < sequence.count } }
            let mask = try Tensor.from(
                isToken.map { $0 ? 0 : -Float.infinity }, shape: [batch, 1, 1, longest])
            let weights = try Tensor.from(isToken.map { $0 ? Float(1) : 0 }, shape: [batch, longest, 1])
            let tokens = try words.embedding(Tensor.from(ids, shape: [batch, longest]))  // [B, T, D]
            var x = try (tokens + positions.slice(0, 0..<longest) + tokenType)
                .layerNorm(weight: norm.weight, bias: norm.bias, epsilon: configuration.normEpsilon)
            for layer in layers { x = try layer(x, mask: mask, configuration) }
            let mean = try (x * weights).sum(axis: 1) / weights.sum(axis: 1)  // [B, D]
            return try mean / mean.norm(axis: 1, keepsAxis: true)
        }
    }

    /// The longest sequence that sentence-transformers was configured for; its tokenizer.json may say less.
    private static func maximumLength(_ folder: URL) -> Int? {
        struct Limits: Decodable { var max_seq_length: Int }
        let file = folder.appending(path: "sentence_bert_config.json")
        return (try? Data(contentsOf: file)).flatMap { try? JSONDecoder().decode(Limits.self, from: $0) }?
            .max_seq_length
    }
}
