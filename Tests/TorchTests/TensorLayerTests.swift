import Foundation
import TestSupport
import Testing
import Torch

@Suite struct TensorLayerTests {
    @Test("matrix products give their values") func matrixProductsGiveTheirValues() throws {
        try expect(tensor([1, 2, 3, 4], 2, 2).matmul(tensor([5, 6], 2, 1)), [17, 39], [2, 1])
        let weight = try tensor([3, 4, 5, 6], 2, 2)
        try expect(tensor([1, 2], 1, 2).linear(weight), [11, 17], [1, 2])
        try expect(
            tensor([1, 2], 1, 2).linear(weight, bias: tensor([0.5, -0.5], 2)), [11.5, 16.5], [1, 2])
    }

    @Test("softmax and its logarithm are taken over the axis")
    func softmaxAndItsLogarithmAreTakenOverTheAxis() throws {
        let x = try tensor([0, log(3), 1000, 1000], 2, 2)
        try expect(x.softmax(axis: 1), [0.25, 0.75, 0.5, 0.5], [2, 2])
        try expect(x.logSoftmax(axis: -1), [log(0.25), log(0.75), log(0.5), log(0.5)], [2, 2])
        try expect(tensor([0, 1, 0, 1], 2, 2).softmax(axis: 0), [0.5, 0.5, 0.5, 0.5], [2, 2])
    }

    @Test("normalizations are taken over the last axis") func normalizationsAreTakenOverTheLastAxis() throws {
        let root = 12.5.squareRoot()
        try expect(
            tensor([3, 4], 1, 2).rmsNorm(weight: tensor([1, 2], 2), epsilon: 0), [3 / root, 8 / root], [1, 2])
        let (weight, bias) = (try tensor([2, 2], 2), try tensor([1, 1], 2))
        try expect(tensor([1, 3], 1, 2).layerNorm(weight: weight, bias: bias, epsilon: 0), [-1, 3], [1, 2])
        // ε is added to the variance 1: 2 · 1/√4 + 1.
        try expect(tensor([1, 3], 1, 2).layerNorm(weight: weight, bias: bias, epsilon: 3), [0, 2], [1, 2])
    }

    @Test("attention mixes values by the softmax of scaled scores")
    func attentionMixesValuesByTheSoftmaxOfScaledScores() throws {
        let queries = try tensor([2, 0, 0, 0], 1, 1, 1, 4)  // scaled by 1/√4
        let keys = try tensor([0, 0, 0, 0, log(3), 0, 0, 0], 1, 1, 2, 4)
        let values = try tensor([0, 0, 0, 0, 4, 8, 0, 0], 1, 1, 2, 4)
        try expect(
            Tensor.attention(queries: queries, keys: keys, values: values), [3, 6, 0, 0], [1, 1, 1, 4])
        let mask = try tensor([0, -.infinity], 1, 1, 1, 2)
        try expect(
            Tensor.attention(queries: queries, keys: keys, values: values, mask: mask), [0, 0, 0, 0],
            [1, 1, 1, 4])
    }

    @Test("causal attention does not look ahead") func causalAttentionDoesNotLookAhead() throws {
        let zeros = try Tensor.zeros([1, 1, 3, 1], type: .float64)
        let values = try tensor([3, 5, 10], 1, 1, 3, 1)
        try expect(
            Tensor.attention(queries: zeros, keys: zeros, values: values, isCausal: true), [3, 4, 6],
            [1, 1, 3, 1])
    }

    @Test("neighbouring query heads share a key and value head")
    func neighbouringQueryHeadsShareAKeyAndValueHead() throws {
        let queries = try tensor([0, 0, 0, 0], 1, 4, 1, 1)
        let values = try tensor([7, 9], 1, 2, 1, 1)
        try expect(
            Tensor.attention(queries: queries, keys: values, values: values), [7, 7, 9, 9], [1, 4, 1, 1])
    }

    @Test("binary cross-entropy is the mean over elements") func binaryCrossEntropyIsTheMeanOverElements()
        throws
    {
        let logits = try tensor([0, log(3)], 2)
        try expect(logits.binaryCrossEntropy(targets: tensor([1, 0], 2)), [(log(2) + log(4)) / 2], [])
    }
}
