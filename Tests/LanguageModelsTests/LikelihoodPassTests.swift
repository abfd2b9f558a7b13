import Foundation
import TestSupport
import Testing
import Torch
import TorchNN

@testable import LanguageModels

@Suite struct LikelihoodPassTests {
    private static func batch() throws -> PackedBatch {
        PackedBatch([
            try PackedGroup(prompt: [1, 5, 9, 3, 7], continuations: [[4, 8, 2], [6, 2]]),
            try PackedGroup(prompt: [2, 3], continuations: [[9, 9, 9, 4]]),
        ])
    }

    /// Σ factors · log P as a graph of libtorch's own operations, at a temperature.
    private func plain(_ decoder: Decoder, _ factors: [Float], temperature: Double) throws -> Tensor {
        let batch = try Self.batch()
        let (hidden, targets) = try decoder.predictions(batch)
        let scores = try decoder.logits(hidden) * (1 / temperature)
        let chosen = try scores.logSoftmax(axis: -1).gathering(targets.reshaped(-1, 1), axis: 1).reshaped(-1)
        return try (chosen * Tensor.from(factors, shape: [factors.count])).sum()
    }

    @Test(
        "each loss has the gradient of a separate graph, tied and untied, at any temperature",
        arguments: ["llama-tied", "qwen2"], [1, 0.7])
    func lossesKeepTheirOwnGradients(name: String, temperature: Double) throws {
        let decoder = try LanguageModel(folder: GoldenModel.folder(name)).decoder
        try decoder.parameters.setTrainable(true)
        var random = TestRandom(seed: 1)
        let factors = (0..<3).map { _ in random.values(9).map(Float.init) }
        var accumulators = factors.map { _ in GradientAccumulator(decoder.parameters) }
        let pass = try LikelihoodPass(decoder, Self.batch(), temperature: temperature)
        let found = try pass.backward(into: &accumulators) { range, values in
            #expect(range.count == values.count)
            return factors.map { Array($0[range]) }
        }
        for (k, own) in factors.enumerated() {
            try plain(decoder, own, temperature: temperature).backward()
            for (place, name) in decoder.parameters.names.enumerated() {
                let expected: [Float] = try #require(try decoder.parameters.tensors[place].gradient)
                    .elements()
                let gradient: [Float] = try #require(accumulators[k].gradients[place]).elements()
                let scale = max(1e-3, expected.map { abs(Double($0)) }.max() ?? 0)
                #expect(
                    difference(
                        gradient.map { Double($0) / scale }, expected.map { Double($0) / scale }) < 1e-5,
                    "\(name), loss \(k)")
            }
            try decoder.parameters.clearGradients()
        }
        let again = try LikelihoodPass(decoder, Self.batch(), temperature: temperature).logProbabilities()
        #expect(difference(found.logProbabilities.map(Double.init), again.map(Double.init)) < 1e-6)
    }

    @Test("entropies are those of the distributions", arguments: [1, 0.5])
    func entropiesMatchTheDistributions(temperature: Double) throws {
        let decoder = try LanguageModel(folder: GoldenModel.folder("llama3")).decoder
        try decoder.parameters.setTrainable(true)
        var none = [GradientAccumulator(decoder.parameters)]
        let found = try LikelihoodPass(decoder, Self.batch(), temperature: temperature)
            .backward(into: &none) { range, _ in [Array(repeating: 0, count: range.count)] }
        let expected: [Double] = try withoutGrad {
            let (hidden, _) = try decoder.predictions(Self.batch())
            let logs = try (decoder.logits(hidden) * (1 / temperature)).logSoftmax(axis: -1)
            return try (-(logs.exp() * logs).sum(axis: 1)).to(.float64).elements()
        }
        // log Σ eˢ − Σ P s in float32, of scores that reach 40.
        #expect(difference(found.entropies.map(Double.init), expected) < 1e-4)
        #expect(none[0].gradients.allSatisfy { $0 == nil }, "a loss without factors has no gradient")
    }

    @Test("a policy's adapters leave the reference unchanged, although both share weights")
    func adaptersLeaveTheReferenceUnchanged() throws {
        let decoder = try LanguageModel(folder: GoldenModel.folder("qwen3")).decoder
        let group = try PackedGroup(prompt: [1, 2], continuations: [[3, 4, 5]])
        let values = { (model: Decoder) in
            try withoutGrad { try model.logProbabilities(group).values.elements(Float.self) }
        }
        let before = try values(decoder)
        try decoder.addAdapters(LowRankConfiguration(rank: 2), seed: 1)
        let base = try decoder.withoutAdapters()
        try withoutGrad {
            for tensor in decoder.parameters.tensors { try tensor.copy(from: Tensor.full(tensor.shape, 0.1)) }
        }
        #expect(try values(base) == before)
        #expect(try values(decoder) != before)
        for (name, tensor) in zip(base.weights.names, base.weights.tensors) where tensor.rank == 2 {
            let place = try #require(decoder.weights.names.firstIndex(of: name))
            #expect(tensor === decoder.weights.tensors[place], "\(name) is not copied")
        }
    }
}
