import Pipeline
import TestSupport
import Testing
import Torch
import TorchNN

@testable import LanguageModels

/// Generation as devices without kernels of ours do it, run on the processor.
@Suite("Generation by compositions") struct ComposedGenerationTests {
    static let samplings = [
        SamplingConfiguration(maximumTokens: 14),
        SamplingConfiguration(maximumTokens: 14, temperature: 1.3),
        SamplingConfiguration(maximumTokens: 14, temperature: 1, topP: 0.8, topK: 7, minP: 0.02),
        SamplingConfiguration(maximumTokens: 14, temperature: 1, repetitionPenalty: 1.3),
    ]

    @Test(
        "groups that join and leave draw the kernels' tokens, with their log-probabilities",
        arguments: samplings, [3, 32])
    func completionsAreTheKernels(sampling: SamplingConfiguration, batchSize: Int) throws {
        for seed in 1...3 {
            let decoder = try TinyModel.decoder(seed: seed)
            let prompts = TinyModel.prompts(7, seed: seed)
            func drawn() throws -> [[Completion]] {
                var generator = Generator(decoder, stopTokens: [3, 4])
                generator.batchSize = batchSize
                generator.keepsDrawLogProbabilities = true
                return try generator.generate(
                    prompts, keys: Array(prompts.indices), groupSize: 3, seed: 5, configuration: sampling)
            }
            let ours = try drawn().joined()
            let composed = try Device.composing { try drawn() }.joined()
            #expect(ours.map(\.ids) == composed.map(\.ids))
            for (one, other) in zip(ours, composed) {
                #expect(
                    difference(one.logProbabilities.map(Double.init), other.logProbabilities.map(Double.init))
                        < 1e-4)
                let (mine, theirs) = (one.drawLogProbabilities ?? [], other.drawLogProbabilities ?? [])
                #expect(difference(mine.map(Double.init), theirs.map(Double.init)) < 1e-4)
            }
        }
    }

    @Test("cached in bfloat16, scores are as far off as bfloat16 is")
    func bfloat16Cache() throws {
        let decoder = try TinyModel.decoder(seed: 4)
        let sequences = TinyModel.prompts(6, seed: 4).filter { $0.count > 5 }
        let exact = try GoldenModel.stepwise(decoder, sequences, promptLength: 4).joined()
        decoder.computation.productType = .bfloat16
        let rounded = try Device.composing {
            try GoldenModel.stepwise(decoder, sequences, promptLength: 4)
        }.joined()
        let found = difference(Array(rounded), Array(exact))
        #expect(found > 1e-4)
        #expect(found < 0.3)
    }

    @Test("slots and prompts are used again when their sequences have left")
    func roomIsUsedAgain() throws {
        let cache = PaddedCache(TinyModel.configuration, type: .float32)
        func prompt() throws -> CachedSequence {
            var prompt = CachedSequence()
            try cache.grow(&prompt, by: 5)
            return prompt
        }
        let first = try prompt()
        var (one, two) = (try cache.fork(first), try cache.fork(first))
        try cache.grow(&one, by: 1)
        try cache.grow(&two, by: 1)
        #expect(one.place.prompt == first.place.prompt && one.place.slot != two.place.slot)
        #expect(throws: LanguageModelError.self) { try cache.fork(one) }
        let second = try prompt()
        #expect(second.place.prompt != first.place.prompt)
        for sequence in [one, two] { cache.release(sequence) }
        #expect(try prompt().place.prompt != first.place.prompt, "the prompt itself still holds it")
        cache.release(first)
        #expect(try prompt().place.prompt == first.place.prompt)
        var third = try cache.fork(second)
        try cache.grow(&third, by: 1)
        #expect(third.place.slot == one.place.slot)
    }

    @Test(
        "tokens drawn where the scores are, are those that the processor draws",
        arguments: [(1.0, 0, 0.0), (1.0, 5, 0.0), (0.7, 0, 0.0), (0.7, 9, 0.0), (0.9, 0, 0.1), (0.01, 0, 0)])
    func drawsAreTheProcessors(topP: Double, topK: Int, minP: Double) throws {
        for seed in 0..<40 {
            var random = TestRandom(seed: seed)
            let (rows, vocabulary) = (6, Int.random(in: 1...300, using: &random))
            // Some scores are equal, and some so low that they have no chance at all.
            let numbers = random.values(rows * vocabulary, in: -4...4).map { value in
                value < -3.5 ? -200 : Float((value * 8).rounded() / 8)
            }
            let scores = try Tensor.from(numbers, shape: [rows, vocabulary])
            let sampler = Sampler(
                SamplingConfiguration(maximumTokens: 1, temperature: 0.9, topP: topP, topK: topK, minP: minP))
            func drawn() throws -> [Int] {
                var sequences = (0..<rows).map { row in
                    ActiveSequence(
                        prompt: 0, place: row, configuration: sampler.configuration, cached: CachedSequence(),
                        generator: SeededGenerator(seed: UInt64(seed), path: row))
                }
                return try sampler.draw(scores, for: &sequences)
            }
            #expect(try drawn() == Device.composing { try drawn() })
        }
    }
}
