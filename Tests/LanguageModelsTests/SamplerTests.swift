import Foundation
import TestSupport
import Testing

@testable import LanguageModels

extension Sampler {
    fileprivate init(topP: Double, topK: Int, minP: Double = 0) {
        self.init(SamplingConfiguration(maximumTokens: 1, temperature: 1, topP: topP, topK: topK, minP: minP))
    }
}

@Suite struct SamplerTests {
    /// The candidates by the definition: sort all, keep the first K, then the shortest beginning that holds
    /// topP.
    private func reference(_ probabilities: [Float], topP: Double, topK: Int) -> [Int] {
        var order = probabilities.indices.sorted {
            probabilities[$0] != probabilities[$1] ? probabilities[$0] > probabilities[$1] : $0 < $1
        }
        if topK > 0 { order = Array(order.prefix(topK)) }
        guard topP < 1 else { return order }
        let mass = order.reduce(0.0) { $0 + Double(probabilities[$1]) }
        var kept: [Int] = []
        var sum = 0.0
        for index in order {
            kept.append(index)
            sum += Double(probabilities[index])
            if sum >= topP * mass { break }
        }
        return kept
    }

    private func draw(_ sampler: Sampler, _ probabilities: [Float], _ unit: Double) -> Int {
        probabilities.withUnsafeBufferPointer { sampler.draw($0, unit: unit) }
    }

    private func distribution(_ count: Int, sharpness: Double, using random: inout TestRandom) -> [Float] {
        let weights = random.values(count, in: 0...sharpness).map { exp($0) }
        return weights.map { Float($0 / weights.reduce(0, +)) }
    }

    @Test(
        "topP and topK draw exactly the tokens of their definition",
        arguments: [
            (1.0, 0), (1.0, 3), (1.0, 1), (0.9, 0), (0.5, 0), (0.05, 0), (0.999, 0), (0.8, 4), (0.5, 5),
            (0.99, 3),
        ])
    func topPAndTopKMatchTheirDefinition(topP: Double, topK: Int) {
        let sampler = Sampler(topP: topP, topK: topK)
        for seed in 0..<300 {
            var random = TestRandom(seed: seed)
            let count = Int.random(in: 1...12, using: &random)
            let probabilities = distribution(count, sharpness: Double(seed % 7), using: &random)
            let kept = reference(probabilities, topP: topP, topK: topK)
            let mass = kept.reduce(0.0) { $0 + Double(probabilities[$1]) }
            // The middle of every candidate's part of [0, 1): the draw must be that candidate.
            let order = topP < 1 || topK > 0 ? kept : kept.sorted()
            var start = 0.0
            for index in order {
                let share = Double(probabilities[index]) / mass
                let found = draw(sampler, probabilities, start + share / 2)
                #expect(found == index, "seed \(seed), \(probabilities), unit \(start + share / 2)")
                start += share
            }
        }
    }

    @Test("the ends of the unit interval draw the first and the last candidate")
    func unitIntervalEndsDrawEndCandidates() {
        let probabilities: [Float] = [0, 0.25, 0.5, 0.25, 0]
        #expect(draw(Sampler(topP: 1, topK: 0), probabilities, 0) == 1)
        #expect(draw(Sampler(topP: 1, topK: 0), probabilities, 1 - 0x1p-53) == 3)
        #expect(draw(Sampler(topP: 0.6, topK: 0), probabilities, 0) == 2)
        #expect(draw(Sampler(topP: 0.6, topK: 0), probabilities, 1 - 0x1p-53) == 1)
        #expect(draw(Sampler(topP: 1, topK: 1), probabilities, 1 - 0x1p-53) == 2)
    }

    @Test("minP keeps the tokens with at least its share of the maximum probability")
    func minPKeepsLikelyTokens() {
        let probabilities: [Float] = [0.1, 0.5, 0.25, 0.15]
        let drawn = { (minP: Double) in
            Set(
                (0..<100).map { draw(Sampler(topP: 1, topK: 0, minP: minP), probabilities, Double($0) / 100) }
            )
        }
        #expect(drawn(0.19) == [0, 1, 2, 3])
        #expect(drawn(0.25) == [1, 2, 3])
        #expect(drawn(0.5) == [1, 2])
        #expect(drawn(0.51) == [1])
    }

    @Test("settings out of range are refused by name") func outOfRangeSettingsAreRefused() throws {
        let cases: [(SamplingConfiguration, String)] = [
            (SamplingConfiguration(maximumTokens: 0), "maximumTokens is 0"),
            (SamplingConfiguration(maximumTokens: 1, temperature: -1), "temperature is -1.0"),
            (SamplingConfiguration(maximumTokens: 1, temperature: .nan), "temperature is nan"),
            (SamplingConfiguration(maximumTokens: 1, topP: 0), "topP is 0.0"),
            (SamplingConfiguration(maximumTokens: 1, topP: 1.5), "topP is 1.5"),
            (SamplingConfiguration(maximumTokens: 1, topK: -1), "topK is -1"),
            (SamplingConfiguration(maximumTokens: 1, minP: 1), "minP is 1.0"),
            (SamplingConfiguration(maximumTokens: 1, repetitionPenalty: 0), "repetitionPenalty is 0.0"),
            (SamplingConfiguration(maximumTokens: 1, stopTexts: ["a", ""]), "a stop text is empty"),
        ]
        for (configuration, message) in cases {
            let error = try #require(throws: LanguageModelError.self) { try configuration.validate() }
            #expect("\(error)".hasPrefix(message))
        }
        try SamplingConfiguration(maximumTokens: 1, temperature: 1, topP: 0.5, topK: 3).validate()
    }
}
