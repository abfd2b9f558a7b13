import Pipeline
import TestSupport
import Testing
import Torch
import TorchNN

@testable import Collaboration

/// Two quadratics with a front that is known in closed form: L₁ = ½ a₁ ‖x − p‖², L₂ = ½ a₂ ‖x − q‖². Every
/// point between p and q is Pareto optimal. At the point where both pull equally, a₁ ‖x − p‖ = a₂ ‖x − q‖,
/// neither gradient is the larger: POPO's weights, which compare gradient norms (Eqs. 5 and 6 at K = 2), rest
/// there and nowhere else.
@Suite("POPO on two quadratics") struct QuadraticTrajectoryTests {
    private static let (p, q) = ([0.0, 0, 0], [3.0, 1, -2])
    private static let pulls = [4.0, 1.0]

    /// Gradient descent on Σ w L from `start`; the weights by `configuration`.
    private func descend(_ configuration: WeightingConfiguration, from start: [Double], steps: Int = 4000)
        throws
        -> (point: [Double], weights: [Double])
    {
        var (x, weights) = (start, RewardWeights(configuration))
        for step in 0..<steps {
            let gradients = zip(Self.pulls, [Self.p, Self.q]).map { pull, end in
                zip(x, end).map { pull * ($0 - $1) }
            }
            let alignment = try GradientAlignment(
                gradients.map { try accumulated([Tensor.from($0, shape: [3])]) })
            if configuration.rule(at: step) == .popo { weights.descend(alignment, configuration) }
            for i in x.indices {
                x[i] -= 0.05 * zip(weights.values, gradients).reduce(0) { $0 + $1.0 * $1.1[i] }
            }
        }
        return (x, weights.values)
    }

    private func distance(_ a: [Double], _ b: [Double]) -> Double {
        zip(a, b).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot()
    }

    /// How far a point is from the front, the segment from p to q.
    private func distanceFromFront(_ x: [Double]) -> Double {
        distance(x, Self.p) + distance(x, Self.q) - distance(Self.p, Self.q)
    }

    /// 4 ‖x − p‖ = ‖x − q‖ on the segment: a fifth of the way.
    private var balanced: [Double] { zip(Self.p, Self.q).map { $0 + ($1 - $0) / 5 } }

    private func configuration(
        _ method: WeightingConfiguration.Method, weights: [Double] = [0.9, 0.1]
    ) -> WeightingConfiguration {
        var configuration = WeightingConfiguration()
        configuration.method = method
        configuration.initialWeights = weights
        configuration.alignmentScale = .none
        configuration.weightLearningRate = 0.02
        configuration.floor = 0.01
        return configuration
    }

    @Test(
        "POPO ends on the front, at the point where both gradients are equally large",
        arguments: [[5.0, 5, 5], [-3, 0, 1], [0, 0, 0]])
    func popoEndsOnTheFront(start: [Double]) throws {
        let found = try descend(configuration(.popo), from: start)
        #expect(distanceFromFront(found.point) < 1e-6)
        #expect(distance(found.point, balanced) < 1e-3, "\(found)")
        #expect(difference(found.weights, [0.5, 0.5]) < 1e-3)
    }

    @Test("fixed weights also end on the front, but at the point given by the weights, not the balanced one")
    func fixedWeightsEndOnTheFrontElsewhere() throws {
        let found = try descend(configuration(.fixed), from: [5, 5, 5])
        #expect(distanceFromFront(found.point) < 1e-6)
        // w₁ a₁ (x − p) + w₂ a₂ (x − q) = 0: 0.1 / (0.9 · 4 + 0.1) of the way.
        let expected = zip(Self.p, Self.q).map { $0 + ($1 - $0) * 0.1 / 3.7 }
        #expect(distance(found.point, expected) < 1e-6)
        #expect(distance(found.point, balanced) > 0.5)
    }
}
