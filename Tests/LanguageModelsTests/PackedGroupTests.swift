import TestSupport
import Testing
import Torch
import TorchNN

@testable import LanguageModels

@Suite struct PackedGroupTests {
    @Test("a continuation sees the prompt and itself, and its positions follow the prompt's")
    func continuationsSeeOnlyPromptAndThemselves() throws {
        let batch = PackedBatch([
            try PackedGroup(prompt: [7, 8], continuations: [[1, 2], [], [3]]),
            try PackedGroup(prompt: [9], continuations: [[4]]),
        ])
        #expect(batch.tokens == [7, 8, 1, 2, 3, 9, 4])
        #expect(batch.positions == [0, 1, 2, 3, 2, 0, 1])
        #expect(batch.predictors == [1, 2, 1, 5])
        #expect(batch.targets == [1, 2, 3, 4])
        let segments: [Int64] = try batch.segments().elements()
        #expect(segments == [0, 2, 0, 0, 2, 4, 0, 2, 4, 5, 0, 2, 5, 6, 0, 0, 6, 7, 5, 6])
    }

    @Test("groups are packed in order up to the maximum number of tokens") func groupsArePackedInOrder()
        throws
    {
        let groups = try [3, 4, 2, 9, 1, 1].map {
            try PackedGroup(prompt: [1], continuations: [Array(repeating: 2, count: $0 - 1)])
        }
        let sizes = groups.packed(maximumTokens: 7).map { $0.groups.map(\.tokenCount) }
        #expect(sizes == [[3, 4], [2], [9], [1, 1]])
    }

    /// float32 sums in another order; the gradients are sums over some hundred terms.
    private let tolerance = 1e-4

    @Test("values and gradients match those of separate sequences", arguments: 0..<5)
    func packingMatchesSeparateSequences(seed: Int) throws {
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

    /// One computation of `loss` over all groups, and its gradients.
    private func gradients(
        _ decoder: Decoder, _ loss: () throws -> Tensor
    ) throws -> (loss: Double, gradients: [Tensor]) {
        let loss = try loss()
        try loss.backward()
        return (try loss.item(), try decoder.parameters.takeGradients())
    }

    /// float32 sums in another order, relative to the norm of each tensor's gradient.
    private let packingTolerance = 1e-5

    @Test(
        "a packed batch has the loss and gradients of its separate groups, recomputed or not",
        arguments: [false, true], 0..<3)
    func packedBatchMatchesItsGroups(recomputes: Bool, seed: Int) throws {
        let decoder = try TinyModel.decoder(seed: seed)
        try decoder.parameters.setTrainable(true)
        let prompts = TinyModel.prompts(3, seed: seed)
        let groups = [
            try PackedGroup(prompt: prompts[0] + [3], continuations: [[1, 2, 3, 4], [5, 6]]),
            try PackedGroup(prompt: prompts[1], continuations: [[30]]),
            try PackedGroup(prompt: prompts[2], continuations: [[9, 9, 8], [], [2, 39, 1, 0, 7]]),
        ]
        let factors: [Float] = [-0.5, 1, 0.25, -2, 0.75, 0.1, 1.5, 0.3, -0.7, 1, 0.2, 0.9, -1.1, 0.4, 0.6]
        let ranges = [0..<6, 6..<7, 7..<15]
        var plain: [Tensor] = []
        var plainLoss = 0.0
        for (group, range) in zip(groups, ranges) {
            let part = try gradients(decoder) {
                let weights = try Tensor.from(Array(factors[range]), shape: [range.count])
                return try (decoder.logProbabilities(group).values * weights).sum()
            }
            plainLoss += part.loss
            plain = plain.isEmpty ? part.gradients : try zip(plain, part.gradients).map { try $0 + $1 }
        }
        decoder.computation.recomputesActivations = recomputes
        let batch = PackedBatch(groups)
        let later = try gradients(decoder) {
            try (decoder.logProbabilities(batch).values * Tensor.from(factors, shape: [15])).sum()
        }
        let fused = try gradients(decoder) { try decoder.weightedLogProbability(batch, factors: factors).sum }
        for found in [later, fused] {
            #expect(abs(found.loss - plainLoss) < packingTolerance * abs(plainLoss), "seed \(seed)")
            for (name, pair) in zip(decoder.parameters.names, zip(found.gradients, plain)) {
                let (distance, size) = (try globalNorm(of: [pair.0 - pair.1]), try globalNorm(of: [pair.1]))
                #expect(size > 0, "\(name)")
                #expect(distance < packingTolerance * size, "\(name), seed \(seed): \(distance / size)")
            }
        }
    }

    @Test("the log-probabilities that the weighted sum reports match those of scoring")
    func weightedSumReportsScores() throws {
        let decoder = try TinyModel.decoder(seed: 2)
        let batch = PackedBatch([try PackedGroup(prompt: [1, 2], continuations: [[3, 4], [5]])])
        let scored = try withoutGrad { try decoder.logProbabilities(batch).perContinuation() }
        let weighted = try withoutGrad { try decoder.weightedLogProbability(batch, factors: [1, 2, 3]) }
        let (values, sum) = (try weighted.values.perContinuation(), try weighted.sum.item())
        #expect(values == scored)
        let expected = scored[0][0] + 2 * scored[0][1] + 3 * scored[1][0]
        #expect(abs(sum - Double(expected)) < 1e-5)
    }

    @Test("a single continuation is an ordinary sequence") func singleContinuationIsASequence() throws {
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

    @Test("groups that cannot be scored are refused") func unscorableGroupsAreRefused() throws {
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
