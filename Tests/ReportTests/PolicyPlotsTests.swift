import Pipeline
import Testing

@testable import Report

@Suite("Curves on held-out prompts") struct PolicyPlotsTests {
    @Test("every metric has its line, and nothing is drawn where nothing was validated") func curves() throws
    {
        #expect(PolicyPlots.validation("held", []) == nil)
        let all = ValidationConfiguration.Metric.allCases
        let records = [0, 25, 50].map { step in
            PolicyValidationRecord(
                step: step,
                metrics: Dictionary(uniqueKeysWithValues: all.map { ($0, Double(step) / 100) }))
        }
        let plot = try #require(PolicyPlots.validation("held", records))
        #expect(plot.data.count == all.count && plot.hasData)
    }
}
