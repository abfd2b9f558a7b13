import Foundation
import Tokenization
import Torch

/// A decoder that embeds: the last state of a text and its appended end token, as Qwen3-Embedding does, or
/// the mean of the text's states.
struct DecoderEmbedder {
    let decoder: Decoder
    private let tokenizer: ByteLevelBPETokenizer
    private let before: [Int32]
    private let after: [Int32]
    private let maximumLength: Int
    private let pooling: Pooling

    /// A language model as it is: the mean of a text's states, without any token around it.
    init(_ model: LanguageModel) {
        decoder = model.decoder
        tokenizer = model.tokenizer
        (before, after) = ([], [])
        maximumLength = model.contextLength
        pooling = .mean
    }

    /// - Throws: `LanguageModelError.file`, `ModelFileError` or a tokenizer's error, each naming the file.
    init(_ folder: HuggingFaceFolder, _ modules: EncoderModules, precision: WeightPrecision) throws {
        func fail(_ message: String) -> LanguageModelError { .file(path: folder.url.path, message: message) }
        pooling = modules.pooling ?? .last
        guard pooling != .first else {
            throw fail(
                "is a decoder that pools 'cls_token', which has read nothing; expected lasttoken or mean")
        }
        var configuration = try folder.decoderConfiguration()
        // No output matrix is used, and the folder may have none.
        configuration.tiesEmbedding = true
        decoder = try Decoder(folder.url, configuration, precision: precision)
        let tokenizer = try ByteLevelBPETokenizer(contentsOf: folder.url.appending(path: "tokenizer.json"))
        self.tokenizer = tokenizer
        func ids(_ names: [String]) throws -> [Int32] {
            try names.map { name in
                guard let id = tokenizer.id(of: name) else {
                    throw fail("adds token '\(name)', which its vocabulary does not have")
                }
                return id
            }
        }
        let added = try folder.ifPresent("tokenizer.json", as: AddedTokens.self)
        before = try ids(added?.before ?? [])
        let ends = try ids(added?.after ?? [])
        after = ends.isEmpty ? configuration.endTokens.prefix(1).compactMap { Int32(exactly: $0) } : ends
        guard !after.isEmpty else {
            throw fail("has no end token to pool at; expected one in tokenizer.json or config.json")
        }
        maximumLength = min(modules.maximumLength ?? .max, configuration.contextLength)
        guard maximumLength > before.count + after.count else {
            throw fail("embeds at most \(maximumLength) tokens, which leaves none for a text")
        }
    }

    /// The tokens of a text, cut so that the end token has its place.
    func tokens(of text: String) -> [Int32] {
        before + tokenizer.encode(text).prefix(maximumLength - before.count - after.count) + after
    }

    /// One vector a token sequence, `[B, D]`.
    func pooled(_ sequences: [[Int32]]) throws -> Tensor {
        try pooling == .mean ? decoder.meanStates(sequences) : decoder.lastStates(sequences)
    }
}

extension Decoder {
    /// The normalized last state of each sequence's last token, `[B, D]`.
    func lastStates(_ sequences: [[Int32]]) throws -> Tensor {
        let batch = PackedBatch(try sequences.map { try PackedGroup(prompt: $0, continuations: []) })
        var end: Int64 = -1
        let rows = sequences.map { sequence in
            end += Int64(sequence.count)
            return end
        }
        return try hidden(batch, rows: Tensor.from(rows, shape: [rows.count]))
    }
}

extension Decoder {
    /// The mean of the normalized last states of each sequence's tokens, `[B, D]`.
    func meanStates(_ sequences: [[Int32]]) throws -> Tensor {
        let batch = PackedBatch(try sequences.map { try PackedGroup(prompt: $0, continuations: []) })
        let count = sequences.reduce(0) { $0 + $1.count }
        let states = try hidden(batch, rows: Tensor.from((0..<Int64(count)).map { $0 }, shape: [count]))
        var start = 0
        let means = try sequences.map { sequence in
            defer { start += sequence.count }
            let own = try states.slice(0, start..<start + sequence.count)
            return try own.sum(axis: 0, keepsAxis: true) * (1 / Double(sequence.count))
        }
        return try Tensor.concatenated(means, axis: 0)
    }
}

/// The special tokens that a tokenizer.json puts around a text.
private struct AddedTokens: Decodable {
    var before: [String] = []
    var after: [String] = []

    private struct Processor: Decodable {
        struct Piece: Decodable {
            struct Name: Decodable { var id: String }

            var SpecialToken: Name?
        }

        var type: String
        var single: [Piece]?
        var processors: [Processor]?
    }

    init(from decoder: any Swift.Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        guard let processor = try container.decodeIfPresent(Processor.self, forKey: .post_processor) else {
            return
        }
        let all = [processor] + (processor.processors ?? [])
        let pieces = all.first { $0.type == "TemplateProcessing" }?.single ?? []
        let names = pieces.map { $0.SpecialToken?.id }
        before = names.prefix { $0 != nil }.compactMap { $0 }
        after = names.drop { $0 != nil }.compactMap { $0 }
    }

    private enum CodingKeys: String, CodingKey { case post_processor }
}
