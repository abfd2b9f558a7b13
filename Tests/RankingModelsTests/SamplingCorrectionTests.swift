import RankingModels
import TestSupport
import Testing

@Suite("Sampling correction, Eq. (4)") struct SamplingCorrectionTests {
    private struct Inputs: Decodable, Sendable {
        let clickLogits: [Double]
        let conversionLogits: [Double]
        let rate: Double
    }
    private struct Expected: Decodable, Sendable {
        let ctr: [Double]
        let ctcvr: [Double]
    }

    @Test("probabilities match the reference") func probabilitiesMatchReference() throws {
        let cases = try Golden.cases("eq04", Inputs.self, Expected.self)
        #expect(cases.count >= 5)
        for example in cases {
            let correction = SamplingCorrection(rate: example.inputs.rate)
            let found = zip(example.inputs.clickLogits, example.inputs.conversionLogits).map {
                correction.corrected(clickLogit: $0, conversionLogit: $1)
            }
            #expect(relativeDifference(found.map(\.ctr), example.expected.ctr) < 1e-12, "\(example.name)")
            #expect(relativeDifference(found.map(\.ctcvr), example.expected.ctcvr) < 1e-12, "\(example.name)")
        }
    }

    @Test("one conversion in two kept impressions at rate 1/100 is one in 101")
    func correctionWorkedByHand() {
        let corrected = SamplingCorrection(rate: 0.01).corrected(
            noClick: 0.25, clickOnly: 0.25, conversion: 0.5)
        #expect(abs(corrected.ctcvr - 0.005 / 0.505) < 1e-15)
        #expect(abs(corrected.ctr - 0.255 / 0.505) < 1e-15)
    }
}
