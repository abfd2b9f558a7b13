import Foundation
import Torch

/// Platt scaling of a ranker's two logits: what it says on impressions that it was not trained on is brought to the frequencies
/// there, before the sampling correction. Order within a tower, and so CTR's AUC, does not change.
struct RankerCalibration: Codable, Sendable, Equatable {
    /// p = 1 / (1 + e^−(slope · logit + intercept)).
    struct Line: Codable, Sendable, Equatable {
        var slope: Double
        var intercept: Double

        /// Leaves a logit as it is.
        static let identity = Line(slope: 1, intercept: 0)

        /// The scaled logit.
        func callAsFunction(_ logit: Double) -> Double { slope * logit + intercept }
    }

    /// Of P(click).
    var click = Line.identity
    /// Of P(conversion | click).
    var conversion = Line.identity

    /// Leaves all logits as they are.
    static let none = RankerCalibration()
}

extension RankerCalibration.Line {
    /// The likeliest line, by Newton's method, with Platt's targets: (N₊ + 1) / (N₊ + 2) and 1 / (N₋ + 2) instead of 1 and 0,
    /// which keep it finite where the classes are apart.
    ///
    /// - Returns: the identity where only one class was seen, or the logits are all the same: nothing can be learnt there.
    static func fitted(_ logits: [Double], _ labels: [Bool]) -> Self {
        let positives = Double(labels.count { $0 })
        let negatives = Double(labels.count) - positives
        guard positives > 0, negatives > 0, let low = logits.min(), let high = logits.max(), high > low else {
            return .identity
        }
        let targets = labels.map { $0 ? (positives + 1) / (positives + 2) : 1 / (negatives + 2) }
        var line = Self.identity
        var loss = line.loss(logits, targets)
        for _ in 0..<100 {
            var (slope, intercept) = (0.0, 0.0)  // gradient
            var (squares, products, weights) = (0.0, 0.0, 1e-12)  // Hessian
            for (x, target) in zip(logits, targets) {
                let p = logistic(line(x))
                slope += (p - target) * x
                intercept += p - target
                let weight = p * (1 - p)
                squares += weight * x * x
                products += weight * x
                weights += weight
            }
            let determinant = squares * weights - products * products
            guard determinant > 0 else { break }
            var step = 1.0
            let old = line
            // Newton's step is halved until the loss falls.
            repeat {
                line.slope = old.slope - step * (weights * slope - products * intercept) / determinant
                line.intercept = old.intercept - step * (squares * intercept - products * slope) / determinant
                step /= 2
            } while line.loss(logits, targets) > loss && step > 1e-6
            let next = line.loss(logits, targets)
            guard next < loss - 1e-12 * abs(loss) else { return next < loss ? line : old }
            loss = next
        }
        return line
    }

    /// Negative log-likelihood.
    private func loss(_ logits: [Double], _ targets: [Double]) -> Double {
        zip(logits, targets).reduce(0) { sum, pair in
            let z = self(pair.0)
            // log(1 + eᶻ) − t z, without overflow.
            return sum + max(z, 0) + log1p(exp(-abs(z))) - pair.1 * z
        }
    }
}

extension Ranker {
    /// Learns the scaling from impressions that the ranker was not trained on.
    func calibrate(_ table: FeatureTable, _ labels: RankerLabels) throws {
        var (clicks, conversions): ([Double], [Double]) = ([], [])
        try forEachBatch(table) { _, logits in
            let (a, b): ([Float], [Float]) = (try logits.click.elements(), try logits.conversion.elements())
            clicks += a.map(Double.init)
            conversions += b.map(Double.init)
        }
        // P(conversion | click) is about clicked impressions alone.
        let clicked = labels.clicks.indices.filter { labels.clicks[$0] > 0 }
        calibration = RankerCalibration(
            click: .fitted(clicks, labels.clicks.map { $0 > 0 }),
            conversion: .fitted(clicked.map { conversions[$0] }, clicked.map { labels.conversions[$0] > 0 }))
    }
}
