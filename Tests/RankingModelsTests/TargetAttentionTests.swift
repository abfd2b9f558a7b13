import Foundation
import TestSupport
import Testing
import Torch

@testable import RankingModels

@Suite("Target attention") struct TargetAttentionTests {
    private let padding = -1e9

    /// One row of width 2.
    private func pooled(_ candidate: [Double], _ sequence: [[Double]], paddedAfter count: Int) throws
        -> [Double]
    {
        try targetAttention(
            candidate: .from(candidate, shape: [1, 2]),
            sequence: .from(sequence.flatMap { $0 }, shape: [1, sequence.count, 2]),
            padding: .from(sequence.indices.map { $0 < count ? 0 : padding }, shape: [1, sequence.count]),
            isPresent: .from([count > 0 ? 1.0 : 0], shape: [1, 1])
        ).elements()
    }

    @Test("weighs behaviors by their similarity to the candidate")
    func weighsBehaviorsByTheirSimilarityToTheCandidate() throws {
        // Scores (1, 0) · √2 / √2 = 1 and 0: weights e / (e + 1) and 1 / (e + 1).
        let root = 2.0.squareRoot()
        let found = try pooled([root, 0], [[1, 0], [0, 3]], paddedAfter: 2)
        let share = exp(1.0) / (exp(1.0) + 1)
        #expect(difference(found, [share, 3 * (1 - share)]) < Tolerance.float64)
    }

    @Test("ignores padding") func ignoresPadding() throws {
        let one = try pooled([0.5, -2], [[1, 2], [3, -1], [7, 7], [-9, 40]], paddedAfter: 2)
        let other = try pooled([0.5, -2], [[1, 2], [3, -1], [-100, 3], [0, 0]], paddedAfter: 2)
        let alone = try pooled([0.5, -2], [[1, 2], [3, -1]], paddedAfter: 2)
        #expect(one == other)
        #expect(difference(one, alone) < Tolerance.float64)
    }

    @Test("is zero without behaviors") func isZeroWithoutBehaviors() throws {
        #expect(try pooled([0.5, -2], [[1, 2], [3, -1]], paddedAfter: 0) == [0, 0])
    }

    @Test("padding gets no gradient") func paddingGetsNoGradient() throws {
        let sequence = try Tensor.from([1.0, 2, 3, -1, 5, 5], shape: [1, 3, 2])
        try sequence.setRequiresGrad(true)
        try targetAttention(
            candidate: .from([0.5, -2], shape: [1, 2]), sequence: sequence,
            padding: .from([0, 0, padding], shape: [1, 3]), isPresent: .from([1.0], shape: [1, 1])
        ).sum().backward()
        let gradient = try #require(try sequence.gradient).elements(Double.self)
        #expect(gradient[0..<4].allSatisfy { $0 != 0 })
        #expect(gradient[4...].allSatisfy { $0 == 0 })
    }
}
