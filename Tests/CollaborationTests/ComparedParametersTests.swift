import LanguageModels
import Pipeline
import TestSupport
import Testing
import Torch
import TorchNN

@testable import Collaboration

@Suite("Eq. (6) over some parameters, and the forward pass that is kept for the update")
struct ComparedParametersTests {
    private typealias Found = (update: TinyPolicy.FirstUpdate, weights: [Double])

    /// A first update, and the weights after it.
    private func found(_ configuration: CollaborateConfiguration, recomputes: Bool = false) throws -> Found {
        let decoder = try TinyPolicy.model().decoder
        decoder.computation = DecoderComputation(recomputesActivations: recomputes)
        var weights = RewardWeights(configuration.weighting)
        let update = try TinyPolicy.update(decoder, configuration)
        let first = try TinyPolicy.firstUpdate(update, TinyPolicy.rewards(), &weights, configuration)
        return (first, weights.values)
    }

    private func popo(
        _ change: (inout CollaborateConfiguration) -> Void = { _ in }
    ) -> CollaborateConfiguration {
        TinyPolicy.configuration {
            $0.weighting.method = .popo
            change(&$0)
        }
    }

    @Test("a subset of the parameters decides the reward weights; the update covers all parameters")
    func subsetDecidesTheWeights() throws {
        let whole = TinyPolicy.configuration {
            $0.mixing = .advantages
            $0.weighting.method = .popo
        }
        var part = whole
        part.weighting.parameters = "layers.1."
        let decoder = try TinyPolicy.model().decoder
        let rewards = TinyPolicy.rewards()
        let results = try [whole, part].map { configuration in
            var weights = RewardWeights(configuration.weighting)
            let update = try TinyPolicy.update(decoder, configuration)
            return try (
                TinyPolicy.firstUpdate(update, rewards, &weights, configuration), weights.values
            )
        }
        let norms = results.map { $0.0.alignment?.norms ?? [] }
        #expect(norms[1][0] < norms[0][0] && norms[1][0] > 0)
        #expect(try TinyPolicy.numbers(results[1].0.pass.gradients[0]).allSatisfy { !$0.isEmpty })
    }

    @Test("the inner products are those of the whole gradients' top layers, whatever stops there")
    func topLayersHaveTheirInnerProducts() throws {
        let decoder = try TinyPolicy.model().decoder
        #expect(decoder.configuration.layerCount == 2)
        let update = try TinyPolicy.update(decoder, popo())
        let advantages = TinyPolicy.rewards().map { GroupAdvantages($0).values }
        let whole = try update.gradients(
            of: advantages.map { .init(advantages: $0, klShare: 0) }, old: nil)
        let names = decoder.parameters.names
        let numbers = try whole.gradients.map(TinyPolicy.numbers)
        func product(_ i: Int, _ k: Int) -> Double {
            names.indices.filter { names[$0].contains("layers.1.") }.reduce(0) { sum, place in
                sum + zip(numbers[i][place], numbers[k][place]).reduce(0) { $0 + $1.0 * $1.1 }
            }
        }
        for recomputes in [false, true] {
            let products = try #require(
                found(popo { $0.weighting.topLayers = 1 }, recomputes: recomputes).update.alignment
            ).products
            for i in 0..<2 {
                for k in 0..<2 {
                    let scale = (product(i, i) * product(k, k)).squareRoot()
                    #expect(abs(products[i][k] - product(i, k)) < 1e-5 * scale, "\(recomputes) \(i) \(k)")
                }
            }
        }
        // By its name, the same stretch.
        let named = try found(popo { $0.weighting.parameters = "layers.1." })
        #expect(try named.weights == found(popo { $0.weighting.topLayers = 1 }).weights)
    }

    @Test("gradients of some parameters leave out the others', and stop behind them")
    func othersHaveNoGradient() throws {
        let decoder = try TinyPolicy.model().decoder
        let update = try TinyPolicy.update(decoder, popo())
        let advantages = GroupAdvantages(TinyPolicy.rewards()[0]).values
        let some = try update.gradients(
            of: [.init(advantages: advantages)], old: nil, where: { $0.contains("layers.1.mlp") })
        let all = try update.gradients(of: [.init(advantages: advantages)], old: nil)
        for (place, name) in decoder.parameters.names.enumerated() {
            let (own, whole) = (some.gradients[0].gradients[place], all.gradients[0].gradients[place])
            #expect((own != nil) == name.contains("layers.1.mlp"), "\(name)")
            if let own, let whole { #expect(try own.elements(Float.self) == whole.elements(Float.self)) }
            #expect(try decoder.parameters.tensors[place].gradient == nil)
        }
    }

    @Test(
        "a kept forward pass gives the bits of a second one", arguments: RewardMixing.allCases,
        [0, 1])
    func keptForwardPassChangesNoBit(mixing: RewardMixing, topLayers: Int) throws {
        for recomputes in [false, true] {
            let results = try [0, 4096].map { kept in
                try found(
                    popo {
                        $0.mixing = mixing
                        $0.weighting.topLayers = topLayers
                        $0.weighting.keptTokens = kept
                    }, recomputes: recomputes)
            }
            #expect(results[0].weights == results[1].weights)
            #expect(results[0].update.pass.logProbabilities == results[1].update.pass.logProbabilities)
            #expect(results[0].update.pass.entropies == results[1].update.pass.entropies)
            let gradients = try results.map { try TinyPolicy.numbers($0.update.pass.gradients[0]) }
            #expect(gradients[0] == gradients[1], "\(mixing), \(topLayers), \(recomputes)")
            #expect(gradients[0].allSatisfy { !$0.isEmpty })
        }
    }

    @Test("a step with more tokens than may be kept computes its forward pass again")
    func largeStepsKeepNothing() throws {
        let update = try TinyPolicy.update(TinyPolicy.model().decoder, popo())
        let tokens = update.rollouts.computedTokenCount
        // Prompts of 4, 5 and 6 tokens once; rollouts of 1 to 4 tokens, ten a group.
        #expect(tokens == 15 + 30)
        let seeds = [RolloutGradients.Seed(advantages: GroupAdvantages(TinyPolicy.rewards()[0]).values)]
        #expect(try update.gradients(of: seeds, old: nil).forward.isEmpty)
        let kept = try update.gradients(of: seeds, old: nil, keepsForward: true)
        #expect(kept.forward.count == update.rollouts.parts.count && kept.forward.count > 1)
    }

    @Test("a subset that holds no parameter, and more layers than there are, are refused")
    func emptySubsetIsRefused() throws {
        func refusal(_ change: (inout CollaborateConfiguration) -> Void) throws -> String {
            let error = try #require(throws: CollaborationError.self) {
                try PolicyTrainer(
                    policy: TinyPolicy.model().decoder, reference: nil, TinyPolicy.configuration(change))
            }
            return "\(error)"
        }
        #expect(try refusal { $0.weighting.parameters = "layer.1." }.contains("contains 'layer.1.'"))
        #expect(try refusal { $0.weighting.topLayers = 3 }.contains("topLayers is 3, and the model has 2"))
        let both = try refusal {
            $0.weighting.topLayers = 1
            $0.weighting.parameters = "layers.0."
        }
        #expect(both.contains("contains 'layers.0.'") && both.contains("topLayers"))
    }
}
