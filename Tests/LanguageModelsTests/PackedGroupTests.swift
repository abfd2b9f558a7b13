import TestSupport
import Testing
import Torch
import TorchNN

@testable import LanguageModels

@Suite struct PackedGroupTests {
    @Test("continuations see the prompt and themselves, from the prompt's end on")
    func continuationsSeeThePromptAndThemselvesFromThePrompt() throws {
        let group = try PackedGroup(prompt: [7, 8], continuations: [[1, 2], [3]])
        #expect(group.tokens == [7, 8, 1, 2, 3])
        #expect(group.positions == [0, 1, 2, 3, 2])
        #expect(group.predictors == [1, 2, 1])
        let mask: [Float] = try #require(try group.mask()).elements()
        let sees = stride(from: 0, to: 25, by: 5).map { row in (0..<5).filter { mask[row + $0] == 0 } }
        #expect(sees == [[0], [0, 1], [0, 1, 2], [0, 1, 2, 3], [0, 1, 4]])
        #expect(mask.allSatisfy { $0 == 0 || $0 == -.infinity })
        #expect(try PackedGroup(prompt: [7], continuations: [[1, 2]]).mask() == nil)
    }

    /// float32 sums in another order; the gradients are sums over some hundred terms.
    private let tolerance = 1e-4

    @Test("values and gradients are those of separate sequences", arguments: 0..<5)
    func valuesAndGradientsAreThoseOfSeparateSequences(seed: Int) throws {
        let decoder = try TinyModel.decoder(seed: seed)
        try decoder.parameters.setTrainable(true)
        let continuations: [[Int32]] = [[1, 2, 3, 4], [5], [], [1, 2, 9, 9, 9, 30], [39, 0]]
        let group = try PackedGroup(prompt: TinyModel.prompts(8, seed: seed)[7], continuations: continuations)
        var random = TestRandom(seed: seed)
        let weights = random.values(13).map(Float.init)

        let packed = try decoder.logProbabilities(group)
        #expect(packed.counts == [4, 1, 0, 6, 2])
        let perContinuation = try packed.perContinuation()
        #expect(perContinuation.map(\.count) == packed.counts)
        try (packed.values * Tensor.from(weights, shape: [13])).sum().backward()
        let packedGradients = try decoder.parameters.takeGradients()

        for (index, range) in packed.ranges.enumerated() where !range.isEmpty {
            let ids = continuations[index]
            let start = group.prompt.count - 1
            let logits = try decoder.logits(group.prompt + ids).slice(0, start..<start + ids.count)
            let targets = try Tensor.from(ids.map(Int64.init), shape: [ids.count, 1])
            let values = try logits.logSoftmax(axis: -1).gathering(targets, axis: 1).reshaped(-1)
            let expected: [Float] = try values.elements()
            #expect(
                difference(perContinuation[index].map(Double.init), expected.map(Double.init)) < tolerance,
                "continuation \(index), seed \(seed)")
            try (values * Tensor.from(Array(weights[range]), shape: [ids.count])).sum().backward()
        }
        let separateGradients = try decoder.parameters.takeGradients()
        for (name, pair) in zip(decoder.parameters.names, zip(packedGradients, separateGradients)) {
            let distance = try globalNorm(of: [pair.0 - pair.1])
            let size = try globalNorm(of: [pair.1])
            #expect(size > 0, "\(name)")
            #expect(distance < tolerance * size, "\(name), seed \(seed)")
        }
    }

    @Test("one continuation is an ordinary sequence") func oneContinuationIsAnOrdinarySequence() throws {
        let decoder = try TinyModel.decoder(seed: 9)
        let one = try withoutGrad {
            try decoder.logProbabilities(PackedGroup(prompt: [1, 2, 3], continuations: [[4, 5, 6]]))
        }
        let two = try withoutGrad {
            try decoder.logProbabilities(
                PackedGroup(prompt: [1, 2, 3], continuations: [[4, 5, 6], [4, 5, 6]]))
        }
        let (found, expected) = (try one.perContinuation(), try two.perContinuation())
        for continuation in expected {
            #expect(difference(found[0].map(Double.init), continuation.map(Double.init)) < tolerance)
        }
    }

    @Test("groups that cannot be scored are refused") func groupsThatCannotBeScoredAreRefused() throws {
        let decoder = try TinyModel.decoder(seed: 1)
        func message(_ prompt: [Int32], _ continuations: [[Int32]]) throws -> String {
            let error = try #require(throws: LanguageModelError.self) {
                try decoder.logProbabilities(PackedGroup(prompt: prompt, continuations: continuations))
            }
            return "\(error)"
        }
        #expect(try message([], [[1]]).contains("a prompt needs at least one token"))
        #expect(try message([1], [[], []]).contains("no continuation token"))
        #expect(try message([1], [[41]]).contains("token id 41"))
    }
}
