import Foundation
import LanguageModels
import TestSupport
import Testing

@Suite(.serialized) @SharedModels struct SentenceEncoderTests {
    private struct Inputs: Decodable, Sendable { let text: String }
    private struct Expected: Decodable, Sendable { let embedding: [Double] }
    private struct File: Decodable {
        let width: Int
        let cosines: [[Double]]
        let cases: [GoldenCase<Inputs, Expected>]
    }

    private func golden() throws -> File { try Golden.read("minilm-embeddings") }

    private func rows(_ texts: [String], batchSize: Int = 32) throws -> [[Double]] {
        let encoder = try SharedModels.minilm()
        let all = try encoder.embed(texts, batchSize: batchSize)
        #expect(all.count == texts.count * encoder.width)
        return texts.indices.map { all[$0 * encoder.width..<($0 + 1) * encoder.width].map(Double.init) }
    }

    @Test("embeddings match the reference") func embeddingsMatchReference() throws {
        let golden = try golden()
        #expect(try SharedModels.minilm().width == golden.width)
        let found = try rows(golden.cases.map(\.inputs.text))
        for (row, example) in zip(found, golden.cases) {
            let expected = example.expected.embedding
            #expect(
                difference(Array(row.prefix(expected.count)), expected) < Tolerance.float32, "\(example.name)"
            )
            #expect(difference(row.reduce(0) { $0 + $1 * $1 }, 1) < Tolerance.float32, "\(example.name)")
        }
        for (i, first) in found.enumerated() {
            for (j, second) in found.enumerated() {
                let cosine = zip(first, second).reduce(0) { $0 + $1.0 * $1.1 }
                #expect(difference(cosine, golden.cosines[i][j]) < Tolerance.float32, "\(i), \(j)")
            }
        }
    }

    @Test("an embedding does not depend on the batch or on the order")
    func embeddingsIgnoreBatchAndOrder() throws {
        let texts = try golden().cases.map(\.inputs.text)
        let together = try rows(texts)
        for size in [1, 2] {
            #expect(
                difference(try rows(texts, batchSize: size).flatMap { $0 }, together.flatMap { $0 })
                    < Tolerance.float32)
        }
        let reversed = try rows(texts.reversed())
        #expect(difference(reversed.reversed().flatMap { $0 }, together.flatMap { $0 }) < Tolerance.float32)
    }

    @Test("an empty text has an embedding, and an empty list has none") func emptyTextAndEmptyList()
        throws
    {
        #expect(try rows([]).isEmpty)
        let row = try rows([""])[0]
        #expect(difference(row.reduce(0) { $0 + $1 * $1 }, 1) < Tolerance.float32)
    }

    @Test("progress counts all texts") func progressCountsAllTexts() throws {
        var counts: [Int] = []
        _ = try SharedModels.minilm().embed(["a", "b", "c"], batchSize: 2) { counts.append($0) }
        #expect(counts == [2, 3])
    }
}
