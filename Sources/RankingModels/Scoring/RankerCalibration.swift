import Foundation
import Torch

/// Platt scaling of a ranker's two logits: what it says on impressions that it was not trained on is brought
/// to the frequencies there, before the sampling correction. Neither tower's order changes; what the
/// correction makes of the two together can.
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
    /// The likeliest rising line, by Newton's method, with Platt's targets: (N₊ + 1) / (N₊ + 2) and 1 / (N₋ +
    /// 2) instead of 1 and 0, which keep it finite where the classes are apart.
    ///
    /// - Returns: a line of slope 1 where the likeliest would fall, which would turn the order round; the
    ///   identity where only one class was seen, or the logits are all the same: nothing can be learnt there.
    static func fitted(_ logits: [Double], _ labels: [Bool]) -> Self {
        let positives = Double(labels.count { $0 })
        let negatives = Double(labels.count) - positives
        guard positives > 0, negatives > 0, let low = logits.min(), let high = logits.max(), high > low else {
            return .identity
        }
        let targets = labels.map { $0 ? (positives + 1) / (positives + 2) : 1 / (negatives + 2) }
        let start = log((positives + 1) / (negatives + 1))
        let line = Self(slope: 0, intercept: start).descended(logits, targets, movesSlope: true)
        if line.slope > 0 { return line }
        let mean = logits.reduce(0, +) / Double(logits.count)
        return Self(slope: 1, intercept: start - mean).descended(logits, targets, movesSlope: false)
    }

    /// Newton's steps, halved until the loss falls, to where it no longer does.
    private func descended(_ logits: [Double], _ targets: [Double], movesSlope: Bool) -> Self {
        var line = self
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
            guard !movesSlope || determinant > 0 else { break }
            let direction =
                movesSlope
                ? (
                    slope: (weights * slope - products * intercept) / determinant,
                    intercept: (squares * intercept - products * slope) / determinant
                ) : (slope: 0, intercept: intercept / weights)
            var (step, next, found) = (1.0, line, loss)
            repeat {
                next.slope = line.slope - step * direction.slope
                next.intercept = line.intercept - step * direction.intercept
                found = next.loss(logits, targets)
                step /= 2
            } while found > loss && step > 1e-6
            guard found < loss else { break }
            let gain = loss - found
            (line, loss) = (next, found)
            if gain < 1e-12 * loss { break }
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
    func calibrate(_ samples: SampleStore) throws {
        var (clicks, conversions): ([Double], [Double]) = ([], [])
        var (clicked, converted): ([Bool], [Bool]) = ([], [])
        try forEachBatch(samples) { labels, logits in
            let (a, b): ([Float], [Float]) = (try logits.click.elements(), try logits.conversion.elements())
            clicks += a.map(Double.init)
            clicked += labels.clicks.map { $0 > 0 }
            // P(conversion | click) is about clicked impressions alone.
            for place in a.indices where labels.clicks[place] > 0 {
                conversions.append(Double(b[place]))
                converted.append(labels.conversions[place] > 0)
            }
        }
        calibration = RankerCalibration(
            click: .fitted(clicks, clicked), conversion: .fitted(conversions, converted))
    }
}
