import Foundation
import ModelFiles
import Tokenization
import Torch

/// BERT with its tokenizer: a text's tokens, and one vector of their last states.
struct BERTEncoder {
    let configuration: EncoderConfiguration
    let pooling: Pooling
    private let tokenizer: WordPieceTokenizer
    private let words: Tensor  // [V, D]
    private let positions: Tensor  // [T, D]
    private let tokenType: Tensor  // [1, D]
    private let norm: (weight: Tensor, bias: Tensor)
    private let layers: [EncoderLayer]

    /// - Throws: `LanguageModelError.file`, `ModelFileError` or a tokenizer's error, each naming the file.
    init(_ folder: HuggingFaceFolder, _ modules: EncoderModules) throws {
        let configuration = try folder.configuration(EncoderConfiguration.self)
        func fail(_ message: String) -> LanguageModelError { .file(path: folder.url.path, message: message) }
        do { try configuration.validate() } catch LanguageModelError.configuration(let message) {
            throw fail(message)
        }
        self.configuration = configuration
        pooling = modules.pooling ?? .mean
        guard pooling != .last else { throw fail("pools the last token; BERT encoders pool mean or cls") }
        tokenizer = try WordPieceTokenizer(
            contentsOf: folder.url.appending(path: "tokenizer.json"),
            maximumLength: min(modules.maximumLength ?? .max, configuration.contextLength))
        let file = try SafetensorsFolder(folder.url)
        // A folder that holds more than the encoder names its weights below `bert.`.
        let prefix = file.entries["bert.embeddings.word_embeddings.weight"] == nil ? "" : "bert."
        func read(_ name: String, _ shape: [Int]) throws -> Tensor {
            let tensor = try file.tensor(prefix + name).to(.float32)
            guard tensor.shape == shape else {
                throw fail("weight '\(prefix + name)' is \(tensor.shape); its config.json asks for \(shape)")
            }
            return tensor
        }
        let width = configuration.width
        words = try read("embeddings.word_embeddings.weight", [configuration.vocabularySize, width])
        positions = try read("embeddings.position_embeddings.weight", [configuration.contextLength, width])
        let types = [configuration.typeCount, width]
        tokenType = try read("embeddings.token_type_embeddings.weight", types).slice(0, 0..<1)
        norm = (
            try read("embeddings.LayerNorm.weight", [width]), try read("embeddings.LayerNorm.bias", [width])
        )
        layers = try (0..<configuration.layerCount).map { layer in
            try EncoderLayer(configuration) { try read("encoder.layer.\(layer).\($0)", $1) }
        }
    }

    func tokens(of text: String) -> [Int32] { tokenizer.encode(text) }

    /// One vector a token sequence, `[B, D]`.
    func pooled(_ sequences: [[Int32]]) throws -> Tensor {
        let (batch, longest) = (sequences.count, sequences.map(\.count).max() ?? 0)
        let ids = sequences.flatMap { $0.map(Int64.init) + Array(repeating: 0, count: longest - $0.count) }
        let isToken = sequences.flatMap { sequence in (0..<longest).map { $0 < sequence.count } }
        let mask = try Tensor.from(
            isToken.map { $0 ? 0 : -Float.infinity }, shape: [batch, 1, 1, longest])
        let tokens = try words.embedding(Tensor.from(ids, shape: [batch, longest]))  // [B, T, D]
        var x = try (tokens + positions.slice(0, 0..<longest) + tokenType)
            .layerNorm(weight: norm.weight, bias: norm.bias, epsilon: configuration.normEpsilon)
        for layer in layers { x = try layer(x, mask: mask, configuration) }
        if pooling == .first { return try x.slice(1, 0..<1).reshaped(batch, configuration.width) }
        let weights = try Tensor.from(isToken.map { $0 ? Float(1) : 0 }, shape: [batch, longest, 1])
        return try (x * weights).sum(axis: 1) / weights.sum(axis: 1)
    }
}
