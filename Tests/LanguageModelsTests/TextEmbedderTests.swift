import Foundation
import Pipeline
import TestSupport
import Testing
import Tokenization
import Torch

@testable import LanguageModels

@Suite("Embeddings of users' texts", .serialized) struct TextEmbedderTests {
    private static let texts = ["milk and bread", "", "a longer text about what someone needs next"]

    private func model() throws -> LanguageModel { try LanguageModel(folder: GoldenModel.folder("qwen2")) }

    @Test("a model's own states are the mean over a text's tokens, of unit length, whatever stands beside it")
    func meanOfStates() throws {
        let model = try model()
        let encoder = SentenceEncoder(of: model)
        let texts = Self.texts.filter { !$0.isEmpty }
        let together = try encoder.embed(texts)
        for (place, text) in texts.enumerated() {
            let tokens = model.tokenizer.encode(text)
            let batch = PackedBatch([try PackedGroup(prompt: tokens, continuations: [])])
            let rows = (0..<Int64(tokens.count)).map { $0 }
            let states: [Float] = try withoutGrad {
                try model.decoder.hidden(batch, rows: Tensor.from(rows, shape: [rows.count])).elements()
            }
            let width = encoder.width
            let mean = (0..<width).map { column in
                (0..<tokens.count).reduce(0.0) { $0 + Double(states[$1 * width + column]) }
                    / Double(tokens.count)
            }
            let length = mean.reduce(0) { $0 + $1 * $1 }.squareRoot()
            let found = together[place * width..<(place + 1) * width].map(Double.init)
            #expect(difference(found, mean.map { $0 / length }) < Tolerance.float32, "\(text)")
        }
    }

    @Test("both encoders stand side by side, each with an equal share") func both() throws {
        let minilm = try PackageFolder.dependency("models/minilm").path
        let model = try model()
        let texts = [Self.texts[0], Self.texts[2]]
        let both = try TextEmbedder(.both, encoder: minilm) { model }
        let first = try TextEmbedder(.encoder, encoder: minilm) {
            Issue.record("no model is needed")
            return model
        }
        let second = try TextEmbedder(.model, encoder: "nowhere") { model }
        #expect(both.width == first.width + second.width)
        let (found, left, right) = (try both.embed(texts), try first.embed(texts), try second.embed(texts))
        for row in texts.indices {
            let own = found[row * both.width..<(row + 1) * both.width].map(Double.init)
            let parts =
                left[row * first.width..<(row + 1) * first.width]
                + right[row * second.width..<(row + 1) * second.width]
            #expect(difference(own, parts.map { Double($0) / 2.0.squareRoot() }) < 1e-6)
            #expect(abs(own.reduce(0) { $0 + $1 * $1 } - 1) < 1e-5)
        }
    }

    @Test("the width of a model is known without its weights") func width() throws {
        #expect(
            try ModelLocation.decoderConfiguration(of: GoldenModel.folder("qwen2").path).width
                == (try model()).decoder.configuration.width)
    }
}
