import Foundation
import ModelFiles
import TestSupport
import Testing
import Tokenization
import Torch
import TorchNN

@testable import LanguageModels

/// The reference's own float32 logits lie up to 1e-4 from its float64 ones; another order of additions may
/// double that several times.
private let tolerance = 2e-3

@Suite(.serialized) @SharedModels struct SmolLM2Tests {
    private struct Inputs: Decodable, Sendable {
        let text: String
        let ids: [Int32]
        let positions: [Int]
    }
    private struct Position: Decodable, Sendable {
        let logits: [Double]
        let logSumExp: Double
        let topIDs: [Int]
    }
    private struct Expected: Decodable, Sendable {
        let positions: [Position]
        let tokenLogProbabilities: [Double]
    }
    private struct GreedyInputs: Decodable, Sendable { let ids: [Int32] }
    private struct GreedyExpected: Decodable, Sendable {
        let ids: [Int32]
        let text: String
    }
    private struct File: Decodable {
        let vocabularyIDs: [Int]
        let cases: [GoldenCase<Inputs, Expected>]
        let greedyCases: [GoldenCase<GreedyInputs, GreedyExpected>]
    }

    private func golden() throws -> File { try Golden.read("smollm2-logits") }

    @Test("logits match the reference") func logitsMatchReference() throws {
        let model = try SharedModels.smollm2()
        let golden = try golden()
        #expect(golden.cases.count >= 4)
        for example in golden.cases {
            let ids = example.inputs.ids
            #expect(model.tokenizer.encode(example.inputs.text) == ids, "\(example.name)")
            let logits = try withoutGrad { try model.decoder.logits(ids) }
            let (_, vocabulary) = try logits.shape2
            let normalizers: [Float] = try logits.logSumExp(axis: -1).elements()
            try logits.withElements(Float.self) { all in
                for (position, expected) in zip(example.inputs.positions, example.expected.positions) {
                    let row = all[position * vocabulary..<(position + 1) * vocabulary]
                    let found = golden.vocabularyIDs.map { Double(row[row.startIndex + $0]) }
                    #expect(
                        difference(found, expected.logits) < tolerance,
                        "\(example.name), position \(position)")
                    #expect(difference(Double(normalizers[position]), expected.logSumExp) < tolerance)
                    let top = row.indices.sorted { row[$0] > row[$1] }.prefix(5).map { $0 - row.startIndex }
                    #expect(top == expected.topIDs, "\(example.name), position \(position)")
                }
            }
        }
    }

    @Test("log-probabilities of tokens match the reference")
    func logProbabilitiesMatchReference() throws {
        let model = try SharedModels.smollm2()
        for example in try golden().cases {
            let ids = example.inputs.ids
            let group = try PackedGroup(prompt: [ids[0]], continuations: [Array(ids.dropFirst())])
            let found = try withoutGrad { try model.decoder.logProbabilities(group).perContinuation()[0] }
            #expect(
                difference(found.map(Double.init), example.expected.tokenLogProbabilities) < tolerance,
                "\(example.name)")
        }
    }

    @Test("greedy continuations match the reference, alone and in a batch")
    func greedyContinuationsMatchReference() throws {
        let model = try SharedModels.smollm2()
        let cases = try golden().greedyCases
        #expect(cases.count >= 2)
        let configuration = SamplingConfiguration(maximumTokens: 16)
        let together = try model.generator.generate(
            cases.map(\.inputs.ids) + [[1, 2, 3]], keys: Array(0...cases.count), groupSize: 2, seed: 1,
            configuration: configuration)
        for (index, example) in cases.enumerated() {
            let alone = try model.generator.generate(
                [example.inputs.ids], keys: [index], groupSize: 1, seed: 1, configuration: configuration)[0][
                    0]
            #expect(alone.ids == example.expected.ids, "\(example.name)")
            #expect(try model.tokenizer.decode(alone.ids) == example.expected.text, "\(example.name)")
            for other in together[index] {
                #expect(other.ids == alone.ids, "\(example.name)")
                let values = alone.logProbabilities.map(Double.init)
                #expect(
                    difference(other.logProbabilities.map(Double.init), values) < tolerance, "\(example.name)"
                )
            }
        }
    }

    @Test("a group of continuations has the values of separate sequences")
    func groupMatchesSeparateSequences() throws {
        let model = try SharedModels.smollm2()
        let texts = [" bananas and oat milk.", " 12 eggs", " coffee<|im_end|>"]
        let prompt = model.tokenizer.encode("<|im_start|>user\nMy shopping list has")
        let continuations = texts.map { model.tokenizer.encode($0) }
        let packed = try withoutGrad {
            try model.decoder.logProbabilities(PackedGroup(prompt: prompt, continuations: continuations))
                .perContinuation()
        }
        for (index, continuation) in continuations.enumerated() {
            let alone = try withoutGrad {
                try model.decoder.logProbabilities(PackedGroup(prompt: prompt, continuations: [continuation]))
                    .perContinuation()[0]
            }
            #expect(
                difference(packed[index].map(Double.init), alone.map(Double.init)) < tolerance,
                "\(texts[index])")
        }
    }

    @Test("the model has its end tokens and its chat template") func modelKnowsEndTokensAndTemplate() throws {
        let model = try SharedModels.smollm2()
        #expect(model.stopTokens == [try #require(model.tokenizer.id(of: "<|im_end|>"))])
        let tokens = try model.promptTokens(user: "Hi", beginning: "<think>")
        let text = try model.tokenizer.decode(tokens)
        #expect(text.hasPrefix("<|im_start|>system\n"))
        #expect(text.hasSuffix("<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n<think>"))
        #expect(model.decoder.parameters.elementCount == 134_515_008)
    }
}

@Suite struct SmolLM2TokenizerTests {
    @Test("a written tokenizer.json gives the ids of the GGUF file")
    func writtenTokenizerMatchesGGUF() throws {
        let original = try ByteLevelBPETokenizer(GGUFFile(SharedModels.smollm2File()))
        let read = try withTemporaryFolder { folder in
            let url = folder.appending(path: "tokenizer.json")
            try original.json().write(to: url)
            return try ByteLevelBPETokenizer(contentsOf: url)
        }
        #expect(read.vocabularySize == original.vocabularySize)
        let texts = [
            "", " ", "The quick brown fox doesn't cost $1,234.50!", "今天买苹果🍎", "naïve café\r\n\r\n\tx  y   z",
            "<|im_start|>user\nHi<|im_end|>", "def f(x): return x**2  # 3.14", "\u{0}\u{7F}é\u{301}",
        ]
        for text in texts {
            #expect(read.encode(text) == original.encode(text), "\(text)")
            #expect(
                read.encode(text, recognizesSpecialTokens: false)
                    == original.encode(text, recognizesSpecialTokens: false), "\(text)")
            #expect(try read.decode(read.encode(text)) == text)
        }
        let ids = (0..<Int32(original.vocabularySize)).map { $0 }
        #expect(
            try read.decode(ids, skipsSpecialTokens: true) == original.decode(ids, skipsSpecialTokens: true))
    }
}
