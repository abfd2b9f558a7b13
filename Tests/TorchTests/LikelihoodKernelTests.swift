import TestSupport
import Testing
import Torch

@Suite struct LikelihoodKernelTests {
    /// Enough scores for two chunks.
    private let rows = 130
    private let vocabulary = 100_003
    private let width = 8

    @Test("log-likelihoods over chunks have the values and gradients of log-softmax")
    func logLikelihoodsMatchLogSoftmax() throws {
        var draw = Draw(seed: 10)
        let (hidden, head) = (try draw.tensor(rows, width), try draw.tensor(vocabulary, width))
        let ids = (0..<rows).map { Int64($0 * 769 % vocabulary) }
        let targets = try Tensor.from(ids, shape: [rows])
        let found = try distance([hidden, head], seed: 11) {
            try hidden.logLikelihoods(head: head, targets: targets)
        } composed: {
            try hidden.linear(head).logSoftmax(axis: -1).gathering(targets.reshaped(rows, 1), axis: 1)
        }
        #expect(found < kernelTolerance * 10)
        let wrong = try Tensor.from([Int64](repeating: Int64(vocabulary), count: rows), shape: [rows])
        #expect(throws: TorchError.self) { try hidden.logLikelihoods(head: head, targets: wrong) }
    }

    @Test("the weighted sum has the gradient of the log-likelihoods, also when scaled")
    func weightedSumHasTheGradient() throws {
        var draw = Draw(seed: 12)
        let (hidden, head) = (try draw.tensor(40, width), try draw.tensor(300, width))
        let factors = try draw.tensor(40).detached()
        let targets = try Tensor.from((0..<40).map { Int64($0 * 7) }, shape: [40])
        for scale in [1.0, -2.5] {
            let found = try distance([hidden, head], seed: 13) {
                try hidden.weightedLogLikelihood(head: head, targets: targets, factors: factors).sum * scale
            } composed: {
                try (hidden.logLikelihoods(head: head, targets: targets) * factors).sum() * scale
            }
            #expect(found < kernelTolerance, "scale \(scale)")
        }
        let frozen = try hidden.detached().weightedLogLikelihood(
            head: head.detached(), targets: targets, factors: factors)
        #expect(!frozen.sum.requiresGrad && !frozen.values.requiresGrad)
    }

    @Test("the normalizer of a long row keeps its precision") func normalizerOfALongRowIsPrecise() throws {
        let scores = try Tensor.full([2, 150_001], 3)
        let found = try numbers(scores.logNormalizers())
        #expect(difference(found, [3 + 11.918_397_239_7, 3 + 11.918_397_239_7]) < 2e-6)
    }
}
