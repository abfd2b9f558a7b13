import Testing
import Torch
import TorchNN

@testable import LanguageModels

@Suite("Memory of a training step") struct TrainingMemoryTests {
    /// The sizes of config.json of Qwen/Qwen2-7B.
    private static let qwen = DecoderConfiguration(
        family: .qwen2, layerCount: 28, width: 3584, headCount: 28, keyValueHeadCount: 4, headWidth: 128,
        feedForwardWidth: 18944, vocabularySize: 152_064, ropeTheta: 1_000_000, normEpsilon: 1e-6,
        contextLength: 131_072, tiesEmbedding: false)

    @Test("parameters are those of the tensors", arguments: GoldenModel.decoders)
    func parametersAreCounted(name: String) throws {
        let decoder = try LanguageModel(folder: GoldenModel.folder(name)).decoder
        let own = decoder.weights.tensors.reduce(0) { $0 + $1.count }
        #expect(decoder.configuration.parameterCount == own)
        let adapters = LowRankConfiguration(rank: 3, targets: [.query, .value, .down])
        try decoder.addAdapters(adapters, seed: 1)
        #expect(
            decoder.configuration.parameterCount(of: adapters)
                == decoder.parameters.tensors.reduce(0) { $0 + $1.count })
    }

    @Test("seven billion weights on 80 GiB: adapters and recomputed activations alone fit")
    func sevenBillion() {
        let step = TrainingMemory.Step(group: 4, promptTokens: 13_000, completionTokens: 2_048)
        func plan(_ rank: Int?, recomputes: Bool) -> Double {
            let method = TrainingMemory.Method(
                adapters: rank.map { LowRankConfiguration(rank: $0) }, recomputes: recomputes)
            return Double(TrainingMemory(Self.qwen, method, step).peak) / 1_073_741_824
        }
        #expect(Self.qwen.parameterCount == 7_615_616_512)
        #expect(plan(nil, recomputes: true) > 110)
        #expect(plan(16, recomputes: false) > 110)
        #expect((25...50).contains(plan(16, recomputes: true)))
    }

    @Test("recomputing keeps the stream of every layer, and one layer's activations")
    func recomputingKeepsLess() {
        let step = TrainingMemory.Step(prompts: 2, group: 8, promptTokens: 512, completionTokens: 128)
        func activations(recomputes: Bool) -> Int {
            TrainingMemory(Self.qwen, .init(adapters: nil, recomputes: recomputes), step).activations
        }
        let perToken = { (kept: Int) in kept / 4 / step.tokens }
        #expect(step.tokens == 2 * (512 + 8 * 128))
        let layer = 2 * 3584 + 2 * 3584 + 2 * 512 + 28 + 2 * 18944
        #expect(perToken(activations(recomputes: false)) == 28 * layer + 2 * 3584)
        #expect(perToken(activations(recomputes: true)) == 28 * 3584 + layer + 2 * 3584)
    }

    @Test("further gradients are as large as what is trained") func gradientSets() {
        var step = TrainingMemory.Step(group: 1, promptTokens: 1, completionTokens: 1)
        step.gradientSets = 3
        let all = TrainingMemory(Self.qwen, .init(adapters: nil, recomputes: false), step)
        #expect(all.gradients == 3 * 4 * Self.qwen.parameterCount)
        #expect(all.moments == 8 * Self.qwen.parameterCount)
        #expect(all.training - all.weights - all.gradients - all.moments == all.activations + all.work)
    }
}
