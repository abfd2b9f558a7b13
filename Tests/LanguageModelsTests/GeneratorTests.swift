import Foundation
import TestSupport
import Testing
import Torch

@testable import LanguageModels

/// Logits of a tiny float32 decoder, computed in another order of additions, agree to this.
private let tolerance = 1e-4

@Suite struct GeneratorTests {
    private let stops: Set<Int32> = [3, 4, 5]

    private func generator(seed: Int, stopTokens: Set<Int32>) throws -> (Decoder, Generator) {
        let decoder = try TinyModel.decoder(seed: seed)
        return (decoder, Generator(decoder, stopTokens: stopTokens))
    }

    /// log P of each continuation token, by computing the whole sequence.
    private func recomputed(_ decoder: Decoder, _ prompt: [Int32], _ ids: [Int32]) throws -> (
        best: [Int32], [Double]
    ) {
        let logits = try withoutGrad {
            try decoder.logits(prompt + ids).slice(0, prompt.count - 1..<prompt.count - 1 + ids.count)
        }
        let best = try logits.argmax(axis: 1).elements(Int64.self).map(Int32.init)
        let targets = try Tensor.from(ids.map(Int64.init), shape: [ids.count, 1])
        let values: [Float] = try logits.logSoftmax(axis: 1).gathering(targets, axis: 1).reshaped(-1)
            .elements()
        return (best, values.map(Double.init))
    }

    @Test("greedy generation with a cache matches recomputing every sequence", arguments: 0..<5)
    func cacheMatchesRecomputation(seed: Int) throws {
        let (decoder, generator) = try generator(seed: seed, stopTokens: stops)
        let prompts = TinyModel.prompts(6, seed: seed)
        let found = try generator.generate(
            prompts, keys: Array(0..<6), groupSize: 2, seed: 1,
            configuration: SamplingConfiguration(maximumTokens: 20))
        for (prompt, group) in zip(prompts, found) {
            let (best, values) = try recomputed(decoder, prompt, group[0].ids)
            #expect(group.count == 2)
            for completion in group {
                #expect(completion.ids == best, "seed \(seed)")
                let found = completion.logProbabilities.map(Double.init)
                #expect(difference(found, values) < tolerance, "seed \(seed)")
            }
        }
    }

    /// Completions end at different times, so prompts leave the batch while others go on.
    @Test("completions do not depend on what else is in the batch", arguments: 0..<5)
    func completionsAreIndependent(seed: Int) throws {
        let (decoder, generator) = try generator(seed: seed, stopTokens: stops)
        let prompts = TinyModel.prompts(8, seed: seed)
        let configuration = SamplingConfiguration(maximumTokens: 40, temperature: 1.5)
        let together = try generator.generate(
            prompts, keys: Array(10..<18), groupSize: 3, seed: 7, configuration: configuration)
        let lengths = together.map { $0.map(\.ids.count).max() ?? 0 }
        #expect(Set(lengths).count >= 4, "lengths of the groups: \(lengths)")
        for (index, prompt) in prompts.enumerated() {
            let alone = try generator.generate(
                [prompt], keys: [10 + index], groupSize: 3, seed: 7, configuration: configuration)[0]
            for (one, other) in zip(alone, together[index]) {
                #expect(one.ids == other.ids, "prompt \(index), seed \(seed)")
                #expect(one.ending == other.ending)
                let values = other.logProbabilities.map(Double.init)
                #expect(one.logProbabilities == other.logProbabilities, "bit for bit, seed \(seed)")
                #expect(
                    difference(try recomputed(decoder, prompt, other.ids).1, values) < tolerance,
                    "seed \(seed)")
            }
        }
        let order = [5, 0, 7]
        let some = try generator.generate(
            order.map { prompts[$0] }, keys: order.map { 10 + $0 }, groupSize: 2, seed: 7,
            configuration: configuration)
        for (place, index) in order.enumerated() {
            #expect(
                some[place].map(\.ids) == together[index][..<2].map(\.ids), "prompt \(index), seed \(seed)")
        }
    }

    @Test("completions are bitwise equal for every batch size", arguments: [1, 2, 5, 64])
    func completionsIgnoreTheBatchSize(batchSize: Int) throws {
        var (_, generator) = try generator(seed: 4, stopTokens: stops)
        let prompts = TinyModel.prompts(7, seed: 4)
        func draw() throws -> [[Completion]] {
            try generator.generate(
                prompts, keys: Array(0..<7), groupSize: 4, seed: 9,
                configuration: SamplingConfiguration(maximumTokens: 50, temperature: 1.2))
        }
        let expected = try draw()
        generator.batchSize = batchSize
        #expect(try draw() == expected)
    }

    @Test("a stop text ends a completion with the token that completes it")
    func stopTextEndsACompletion() throws {
        let decoder = try TinyModel.decoder(seed: 6)
        let generator = Generator(decoder, stopTokens: []) { $0.map { "<\($0)>" }.joined() }
        func draw(_ stopTexts: [String]) throws -> [Completion] {
            let sampling = SamplingConfiguration(maximumTokens: 30, temperature: 2, stopTexts: stopTexts)
            return try generator.generate(
                [[1, 2, 3]], keys: [0], groupSize: 8, seed: 1, configuration: sampling)[0]
        }
        let free = try draw([])
        let stop = "<\(free[0].ids[4])><\(free[0].ids[5])>"
        for (one, other) in zip(try draw([stop, "never"]), free) {
            let text = other.ids.map { "<\($0)>" }
            let end = (1..<text.count).first { text[$0 - 1] + text[$0] == stop }
            #expect(one.ids == Array(other.ids[...(end ?? text.count - 1)]))
            #expect(one.ending == (end == nil ? .truncated : .stopped))
        }
        #expect(try draw([stop])[0].ids.count <= 6)
    }

    @Test("a repetition penalty moves greedy generation to unseen tokens")
    func repetitionPenaltyFavorsUnseenTokens() throws {
        let (decoder, generator) = try generator(seed: 8, stopTokens: [])
        let prompt: [Int32] = [1, 2, 3]
        func draw(_ penalty: Double) throws -> Completion {
            try generator.generate(
                [prompt], keys: [0], groupSize: 1, seed: 1,
                configuration: SamplingConfiguration(maximumTokens: 12, repetitionPenalty: penalty))[0][0]
        }
        let penalized = try draw(1e6)
        #expect(Set(prompt + penalized.ids).count == 15, "no token twice while there are others")
        let plain = try draw(1)
        #expect(Set(prompt + plain.ids).count < 15)
        // Reported log-probabilities are the model's own, not those of the penalized scores.
        let values = try recomputed(decoder, prompt, penalized.ids).1
        #expect(difference(penalized.logProbabilities.map(Double.init), values) < tolerance)
    }

    @Test("a completion ends with its first end token or at the maximum length")
    func completionsEnd() throws {
        let (_, generator) = try generator(seed: 1, stopTokens: stops)
        let groups = try generator.generate(
            TinyModel.prompts(4, seed: 2), keys: [0, 1, 2, 3], groupSize: 8, seed: 3,
            configuration: SamplingConfiguration(maximumTokens: 12, temperature: 2))
        let all = groups.flatMap { $0 }
        #expect(all.contains { $0.ending == .stopped } && all.contains { $0.ending == .truncated })
        for completion in all {
            #expect(completion.ids.count == completion.logProbabilities.count)
            #expect(!completion.ids.dropLast().contains { stops.contains($0) })
            switch completion.ending {
            case .stopped: #expect(completion.ids.last.map(stops.contains) == true)
            case .truncated:
                #expect(completion.ids.count == 12)
                #expect(completion.ids.last.map(stops.contains) == false)
            }
        }
    }

    @Test("the same seed gives the same tokens, another seed different ones")
    func seedDecidesTheTokens() throws {
        let (_, generator) = try generator(seed: 1, stopTokens: [])
        func draw(_ seed: UInt64, key: Int = 0) throws -> [[Int32]] {
            try generator.generate(
                [[1, 2]], keys: [key], groupSize: 2, seed: seed,
                configuration: SamplingConfiguration(maximumTokens: 16, temperature: 1))[0].map(\.ids)
        }
        let first = try draw(1)
        #expect(try draw(1) == first)
        #expect(first[0] != first[1], "rollouts of a group differ")
        #expect(try draw(2) != first)
        #expect(try draw(1, key: 1) != first)
    }

    @Test("sampling from a single candidate is greedy generation") func singleCandidateIsGreedy() throws {
        let (_, generator) = try generator(seed: 2, stopTokens: stops)
        let prompts = TinyModel.prompts(3, seed: 1)
        func draw(_ configuration: SamplingConfiguration) throws -> [[Completion]] {
            try generator.generate(
                prompts, keys: [0, 1, 2], groupSize: 1, seed: 5, configuration: configuration)
        }
        let greedy = try draw(SamplingConfiguration(maximumTokens: 10))
        #expect(try draw(SamplingConfiguration(maximumTokens: 10, temperature: 1, topK: 1)) == greedy)
        #expect(try draw(SamplingConfiguration(maximumTokens: 10, temperature: 1, topP: 1e-9)) == greedy)
    }

    @Test("tokens are drawn with the frequencies that the temperature gives")
    func samplingFollowsTheTemperature() throws {
        let (decoder, generator) = try generator(seed: 3, stopTokens: [])
        let count = 8000
        let drawn = try generator.generate(
            [[7, 8, 9]], keys: [0], groupSize: count, seed: 11,
            configuration: SamplingConfiguration(maximumTokens: 1, temperature: 0.7))[0]
        var counts = [Double](repeating: 0, count: 40)
        for completion in drawn { counts[Int(completion.ids[0])] += 1 }
        let logits = try withoutGrad { try decoder.logits([7, 8, 9]).slice(0, 2..<3) }
        func statistic(_ temperature: Double) throws -> (chiSquare: Double, freedom: Double) {
            let p: [Double] = try (logits * (1 / temperature)).softmax(axis: -1).to(.float64).elements()
            // Tokens expected less than 5 times are counted as one.
            let rare = p.indices.filter { p[$0] * Double(count) < 5 }
            var cells = p.indices.filter { !rare.contains($0) }.map { (counts[$0], p[$0] * Double(count)) }
            cells.append(
                (rare.reduce(0) { $0 + counts[$1] }, rare.reduce(0.1) { $0 + p[$1] * Double(count) }))
            return (cells.reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) / $1.1 }, Double(cells.count - 1))
        }
        // Mean n, deviation √(2n): five deviations above the mean, chance about 1e-6.
        let (chiSquare, freedom) = try statistic(0.7)
        #expect(freedom >= 5, "\(freedom) degrees of freedom")
        #expect(chiSquare < freedom + 5 * (2 * freedom).squareRoot())
        for other in [0.6, 0.8] {
            let (wrong, freedom) = try statistic(other)
            #expect(wrong > freedom + 5 * (2 * freedom).squareRoot(), "the test can tell \(other) from 0.7")
        }
    }

    @Test("progress counts up to the number of completions") func progressReachesAllCompletions() throws {
        let (_, generator) = try generator(seed: 1, stopTokens: stops)
        var counts: [Int] = []
        _ = try generator.generate(
            TinyModel.prompts(3, seed: 1), keys: [0, 1, 2], groupSize: 2, seed: 3,
            configuration: SamplingConfiguration(maximumTokens: 9, temperature: 1)
        ) { counts.append($0) }
        #expect(counts == counts.sorted())
        #expect(counts.last == 6)
    }

    @Test("invalid prompts are refused") func oversizedPromptsAreRefused() throws {
        let (_, generator) = try generator(seed: 1, stopTokens: [])
        func message(_ prompts: [[Int32]], keys: [Int], tokens: Int = 4) throws -> String {
            let error = try #require(throws: LanguageModelError.self) {
                try generator.generate(
                    prompts, keys: keys, groupSize: 1, seed: 1, configuration: .init(maximumTokens: tokens))
            }
            return "\(error)"
        }
        #expect(try message([[1], []], keys: [0, 1]) == "prompt 1 has no token")
        #expect(try message([[1]], keys: [0, 1]) == "1 prompts need as many keys, not 2")
        #expect(try message([[1, 2]], keys: [0], tokens: 95).contains("passes the model's 96"))
        #expect(try message([[1, 40]], keys: [0]).contains("token id 40 is not in the vocabulary of 40"))
        #expect(try message([[-1]], keys: [0]).contains("token id -1"))
        #expect(try message([[1]], keys: [0], tokens: 0).contains("maximumTokens"))
        #expect(
            try generator.generate(
                [], keys: [], groupSize: 2, seed: 1, configuration: .init(maximumTokens: 1)
            ).isEmpty)
    }
}
