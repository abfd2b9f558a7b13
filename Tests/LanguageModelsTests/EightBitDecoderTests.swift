import Pipeline
import TestSupport
import Testing
import Tokenization
import Torch
import TorchNN

@testable import LanguageModels

@Suite("A decoder rounded to 8 bits") struct EightBitDecoderTests {
    private static let keys = Array(20..<26)

    private func completions(
        _ decoder: Decoder, _ prompts: [[Int32]], keys: [Int], temperature: Double = 1.5
    ) throws -> [[Completion]] {
        var generator = Generator(decoder, stopTokens: [3, 4])
        generator.keepsDrawLogProbabilities = true
        return try generator.generate(
            prompts, keys: keys, groupSize: 2, seed: 5,
            configuration: SamplingConfiguration(maximumTokens: 12, temperature: temperature))
    }

    /// log P of each id under scores over the temperature, by computing the whole sequence.
    private func recomputed(
        _ decoder: Decoder, _ prompt: [Int32], _ ids: [Int32], temperature: Double
    ) throws -> [Double] {
        try withoutGrad {
            let rows = prompt.count - 1..<prompt.count - 1 + ids.count
            let scores = try decoder.logits(prompt + ids).slice(0, rows) * (1 / temperature)
            let targets = try Tensor.from(ids.map(Int64.init), shape: [ids.count, 1])
            return try scores.logSoftmax(axis: 1).gathering(targets, axis: 1).reshaped(-1)
                .elements(Float.self).map(Double.init)
        }
    }

    @Test("its completions do not depend on the batch, and have its own log-probabilities", arguments: 0..<3)
    func completionsAreItsOwn(seed: Int) throws {
        let plain = try TinyModel.decoder(seed: seed)
        let rounded = try plain.roundedToEightBits()
        let prompts = TinyModel.prompts(6, seed: seed)
        let together = try completions(rounded, prompts, keys: Self.keys)
        var distances: [Double] = []
        for (place, prompt) in prompts.enumerated() {
            #expect(try completions(rounded, [prompt], keys: [Self.keys[place]])[0] == together[place])
            for completion in together[place] {
                for (temperature, found) in [
                    (1, completion.logProbabilities), (1.5, completion.drawLogProbabilities ?? []),
                ] {
                    let own = try recomputed(rounded, prompt, completion.ids, temperature: temperature)
                    #expect(difference(found.map(Double.init), own) < 1e-4, "temperature \(temperature)")
                }
                let exact = try recomputed(plain, prompt, completion.ids, temperature: 1)
                distances += zip(completion.logProbabilities, exact).map { abs(Double($0) - $1) }
            }
        }
        let mean = distances.reduce(0, +) / Double(distances.count)
        #expect(mean > 1e-4 && mean < 0.3, "mean distance to the weights' own log-probabilities: \(mean)")
    }

    @Test("log-probabilities of draws are kept where they are asked for and differ from the model's own")
    func drawsAreKeptWhereAskedFor() throws {
        let decoder = try TinyModel.decoder(seed: 1)
        let prompts = TinyModel.prompts(2, seed: 1)
        for temperature in [0.0, 1] {
            let found = try completions(decoder, prompts, keys: [0, 1], temperature: temperature)
            #expect(found.joined().allSatisfy { $0.drawLogProbabilities == nil })
        }
        let plain = try Generator(decoder, stopTokens: []).generate(
            prompts, keys: [0, 1], groupSize: 1, seed: 5,
            configuration: SamplingConfiguration(maximumTokens: 3, temperature: 1.5))
        #expect(plain.joined().allSatisfy { $0.drawLogProbabilities == nil })
    }

    @Test("it follows the weights as they are when it is made, adapters too, and leaves them alone")
    func followsWeightsAndAdapters() throws {
        let decoder = try TinyModel.decoder(seed: 2)
        let before = try decoder.weights.tensors.map { try $0.elements(Float.self) }
        let prompt = TinyModel.prompts(3, seed: 2)[2]
        func logits(_ decoder: Decoder) throws -> [Float] {
            try withoutGrad { try decoder.logits(prompt).elements() }
        }
        let rounded = try decoder.roundedToEightBits()
        let first = try logits(rounded)
        try withoutGrad {
            for (name, tensor) in zip(decoder.weights.names, decoder.weights.tensors)
            where name.contains("proj") {
                try tensor.scale(by: 1.5)
            }
        }
        #expect(try logits(rounded) == first, "a copy of the weights as they were")
        #expect(try logits(decoder.roundedToEightBits()) != first)
        try withoutGrad {
            for (name, tensor) in zip(decoder.weights.names, decoder.weights.tensors)
            where name.contains("proj") {
                try tensor.scale(by: 1 / 1.5)
            }
        }
        let restored = try decoder.weights.tensors.map { try $0.elements(Float.self) }
        #expect(zip(before.joined(), restored.joined()).allSatisfy { abs($0 - $1) < 1e-6 })
        try decoder.addAdapters(LowRankConfiguration(rank: 2), seed: 1)
        try withoutGrad {
            for tensor in decoder.parameters.tensors {
                let count = tensor.shape.reduce(1, *)
                try tensor.add(Tensor.from([Float](repeating: 0.2, count: count), shape: tensor.shape))
            }
        }
        let adapted = try logits(decoder.roundedToEightBits())
        let exact = try logits(decoder)
        #expect(difference(adapted.map(Double.init), exact.map(Double.init)) < 1)
        #expect(difference(adapted.map(Double.init), first.map(Double.init)) > 1)
    }

    @Test("a model draws with rounded weights when told to, and with its own again; its numbers stay exact")
    func modelDraws() throws {
        let model = try LanguageModel(folder: GoldenModel.folder("qwen2"))
        let prompt = model.tokenizer.encode("Shopper: buys milk")
        func drawn() throws -> [Completion] {
            try model.generator.generate(
                [prompt], keys: [0], groupSize: 4, seed: 3,
                configuration: SamplingConfiguration(maximumTokens: 12, temperature: 1))[0]
        }
        let (own, exact) = (
            try drawn(), try withoutGrad { try model.decoder.logits(prompt).elements(Float.self) }
        )
        let rounded = try model.drawing(with: .int8).generator
        let eight = try model.generator(of: model.decoder.roundedToEightBits())
        #expect(try drawn().map(\.logProbabilities) != own.map(\.logProbabilities))
        let sampling = SamplingConfiguration(maximumTokens: 12, temperature: 1)
        #expect(
            try rounded.generate([prompt], keys: [0], groupSize: 4, seed: 3, configuration: sampling)[0]
                == eight.generate([prompt], keys: [0], groupSize: 4, seed: 3, configuration: sampling)[0])
        #expect(try withoutGrad { try model.decoder.logits(prompt).elements(Float.self) } == exact)
        _ = try model.drawing(with: .float32)
        #expect(try drawn() == own)
    }
}
