import ReasoningActivation
import TestSupport
import Testing

@Suite("R of §2.2.1") struct PerplexityThresholdTests {
    private struct Inputs: Decodable, Sendable { let perplexities: [Double] }
    private struct Expected: Decodable, Sendable {
        let threshold: Double
        let retained: [Int]
    }
    private struct File: Decodable { let thresholdCases: [GoldenCase<Inputs, Expected>] }

    @Test("the reference's median keeps the chains of thought strictly below it")
    func medianKeepsLowPerplexities() throws {
        let cases = try Golden.read("eq01", as: File.self).thresholdCases
        #expect(cases.count >= 4)
        for example in cases {
            let values = example.inputs.perplexities
            let threshold = PerplexityThreshold.value(values, share: 0.5)
            #expect(difference(threshold, example.expected.threshold) < Tolerance.float64, "\(example.name)")
            #expect(
                values.indices.filter { values[$0] < threshold } == example.expected.retained,
                "\(example.name)")
        }
    }

    @Test("other quantiles lie between neighbouring values") func quantilesInterpolate() {
        let values = [4, 1, 3, 2, 5] as [Double]
        #expect(PerplexityThreshold.value(values, share: 0) == 1)
        #expect(PerplexityThreshold.value(values, share: 1) == 5)
        #expect(PerplexityThreshold.value(values, share: 0.25) == 2)
        #expect(difference(PerplexityThreshold.value(values, share: 0.3), 2.2) < 1e-12)
        #expect(difference(PerplexityThreshold.value(values, share: 0.9), 4.6) < 1e-12)
        #expect(PerplexityThreshold.value([.infinity, 1, .infinity], share: 0.75) == .infinity)
    }
}
