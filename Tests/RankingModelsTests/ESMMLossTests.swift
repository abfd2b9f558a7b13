import Foundation
import RankingModels
import TestSupport
import Testing
import Torch

@Suite("ESMM loss") struct ESMMLossTests {
    private func loss(_ a: [Double], _ b: [Double], _ clicks: [Double], _ conversions: [Double]) throws
        -> Tensor
    {
        let tensor = { (values: [Double]) in try Tensor.from(values, shape: [values.count]) }
        return try esmmLoss(
            clickLogits: tensor(a), conversionLogits: tensor(b), clicks: tensor(clicks),
            conversions: tensor(conversions))
    }

    @Test("even odds in both towers cost log 2 for the click and log 4 for the conversion")
    func evenOddsWorkedByHand() throws {
        #expect(abs(try loss([0], [0], [1], [1]).item() - (log(2) + log(4))) < 1e-12)
        #expect(abs(try loss([0], [0], [0], [0]).item() - (log(2) - log(0.75))) < 1e-12)
    }

    @Test("the loss is the mean of both cross-entropies", arguments: 0..<10)
    func lossIsMeanOfCrossEntropies(seed: Int) throws {
        var random = TestRandom(seed: seed)
        let (a, b) = (random.values(6, in: -4...4), random.values(6, in: -4...4))
        let clicks = random.values(6).map { $0 > 0 ? 1.0 : 0 }
        let conversions = zip(clicks, random.values(6)).map { $0 == 1 && $1 > 0 ? 1.0 : 0 }
        let sigmoid = { (x: Double) in 1 / (1 + exp(-x)) }
        let expected = a.indices.reduce(0.0) { sum, i in
            let (ctr, ctcvr) = (sigmoid(a[i]), sigmoid(a[i]) * sigmoid(b[i]))
            return sum - clicks[i] * log(ctr) - (1 - clicks[i]) * log(1 - ctr) - conversions[i] * log(ctcvr)
                - (1 - conversions[i]) * log(1 - ctcvr)
        }
        #expect(abs(try loss(a, b, clicks, conversions).item() - expected / 6) < 1e-10, "seed \(seed)")
    }

    @Test("the gradient matches central differences, tensor by tensor")
    func gradientMatchesCentralDifferences() throws {
        var random = TestRandom(seed: 3)
        let (a, b) = (random.values(5, in: -2...2), random.values(5, in: -2...2))
        let (clicks, conversions) = ([1.0, 0, 1, 1, 0], [1.0, 0, 0, 1, 0])
        let (x, y) = (try Tensor.from(a, shape: [5]), try Tensor.from(b, shape: [5]))
        for tensor in [x, y] { try tensor.setRequiresGrad(true) }
        try esmmLoss(
            clickLogits: x, conversionLogits: y, clicks: Tensor.from(clicks, shape: [5]),
            conversions: Tensor.from(conversions, shape: [5])
        ).backward()
        let clickGradient: [Double] = try #require(try x.gradient).elements()
        let conversionGradient: [Double] = try #require(try y.gradient).elements()
        let byClick = try centralDifferences(at: a) { try loss($0, b, clicks, conversions).item() }
        let byConversion = try centralDifferences(at: b) { try loss(a, $0, clicks, conversions).item() }
        #expect(difference(clickGradient, byClick) < Tolerance.centralDifference)
        #expect(difference(conversionGradient, byConversion) < Tolerance.centralDifference)
    }

    @Test("extreme logits stay finite") func extremeLogitsStayFinite() throws {
        #expect(try loss([80, -80], [80, -80], [0, 1], [0, 1]).item().isFinite)
    }
}
