import TestSupport
import Testing
import Torch
import TorchNN

@testable import LanguageModels

@Suite struct AdapterTests {
    private let batch: PackedBatch = {
        let groups = [([Int32](1...5), [[Int32](6...9), [4, 4]]), ([7], [[1, 2, 3]])]
        return PackedBatch(groups.compactMap { try? PackedGroup(prompt: $0.0, continuations: $0.1) })
    }()

    private func values(_ decoder: Decoder) throws -> [Double] {
        let values: [Float] = try withoutGrad { try decoder.logProbabilities(batch).values.elements() }
        return values.map(Double.init)
    }

    /// Trains for some steps; gives the loss of each.
    private func train(_ decoder: Decoder, steps: Int) throws -> [Double] {
        try decoder.parameters.setTrainable(true)
        let optimizer = try AdamW(decoder.parameters, configuration: AdamWConfiguration())
        return try (0..<steps).map { _ in
            let loss = try -decoder.weightedLogProbability(
                batch, factors: Array(repeating: 1.0 / 9, count: 9)
            ).sum
            try loss.backward()
            _ = try optimizer.step(learningRate: 0.02)
            return try loss.item()
        }
    }

    @Test("fresh adapters change nothing, only adapters are trained, and merging keeps the results")
    func onlyAdaptersAreTrained() throws {
        let decoder = try TinyModel.decoder(seed: 3)
        let before = try values(decoder)
        let base: [[Float]] = try decoder.weights.tensors.map { try $0.elements() }
        try decoder.addAdapters(LowRankConfiguration(rank: 3), seed: 1)
        #expect(try values(decoder) == before)
        #expect(decoder.parameters.names.count == 2 * 7 * 2)
        let losses = try train(decoder, steps: 8)
        #expect(losses[7] < 0.8 * losses[0], "\(losses)")
        let after: [[Float]] = try decoder.weights.tensors.map { try $0.elements() }
        #expect(after == base)
        let adapted = try values(decoder)
        #expect(difference(adapted, before) > 0.1)
        try decoder.mergeAdapters()
        #expect(decoder.parameters.names == decoder.weights.names)
        #expect(difference(try values(decoder), adapted) < 1e-4)
    }

    @Test("an adapter's gradients match those of the weight change it stands for")
    func adapterGradientsMatchTheWeightChange() throws {
        let decoder = try TinyModel.decoder(seed: 5)
        try decoder.addAdapters(LowRankConfiguration(rank: 2, alpha: 6, targets: [.value, .down]), seed: 2)
        try decoder.parameters.setTrainable(true)
        let loss = { try self.values(decoder).reduce(0, +) }
        try decoder.logProbabilities(batch).values.sum().backward()
        for (name, tensor) in zip(decoder.parameters.names, decoder.parameters.tensors) {
            let gradient: [Float] = try #require(try tensor.gradient).elements()
            // A step along the gradient changes the sum by its squared norm, to first order.
            let size = gradient.reduce(0.0) { $0 + Double($1) * Double($1) }
            guard name.contains("lora_B") else {
                #expect(size == 0, "B is zero, so A has no effect yet: \(name)")
                continue
            }
            let direction = try Tensor.from(gradient, shape: tensor.shape)
            let step = 3e-3 / size.squareRoot()
            let sums = try [step, -2 * step].map { change in
                try withoutGrad { try tensor.add(direction, scaledBy: change) }
                return try loss()
            }
            try withoutGrad { try tensor.add(direction, scaledBy: step) }
            // Central difference in float32: error of some 1e-6 in sums of about 30, over a step of 6e-3.
            let slope = (sums[0] - sums[1]) / (2 * step)
            #expect(abs(slope - size) < 0.02 * size, "\(name): \(slope) and \(size)")
        }
    }

    @Test("recomputing activations gives adapters the same gradients")
    func recomputationKeepsAdapterGradients()
        throws
    {
        let gradients = try [false, true].map { recomputes in
            let decoder = try TinyModel.decoder(seed: 7)
            try decoder.addAdapters(LowRankConfiguration(rank: 2), seed: 4)
            decoder.computation.recomputesActivations = recomputes
            try decoder.parameters.setTrainable(true)
            _ = try train(decoder, steps: 2)
            try decoder.logProbabilities(batch).values.sum().backward()
            return try decoder.parameters.takeGradients().map { try $0.elements(Float.self) }
        }
        #expect(gradients[0] == gradients[1])
        #expect(gradients[0].contains { $0.contains { $0 != 0 } })
    }

    @Test("invalid adapters are refused") func invalidAdaptersAreRefused() throws {
        let decoder = try TinyModel.decoder(seed: 1)
        func message(_ configuration: LowRankConfiguration) throws -> String {
            let error = try #require(throws: LanguageModelError.self) {
                try decoder.addAdapters(configuration, seed: 1)
            }
            return "\(error)"
        }
        #expect(try message(LowRankConfiguration(rank: 0)).contains("rank is 0"))
        #expect(try message(LowRankConfiguration(rank: 1, targets: [])).contains("expected one or more"))
        #expect(try message(LowRankConfiguration(rank: 1, targets: [.up, .up])).contains("each once"))
        try decoder.addAdapters(LowRankConfiguration(rank: 1), seed: 1)
        #expect(try message(LowRankConfiguration(rank: 1)).contains("has adapters already"))
    }
}
