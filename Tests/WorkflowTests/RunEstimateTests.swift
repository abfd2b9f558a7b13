import Foundation
import Testing
import Torch
import Workflow

@Suite("what a run will take") struct RunEstimateTests {
    private func estimate(_ rates: String) throws -> RunEstimate {
        let stages =
            #"[{"name":"construct","seconds":30,"gibibytes":1.25},{"#
            + #""name":"activate","seconds":600,"gibibytes":3}]"#
        return try JSONDecoder().decode(
            RunEstimate.self, from: Data(#"{"stages":\#(stages),\#(rates)}"#.utf8))
    }

    @Test("products in bfloat16 are advised against where they were measured to be slower")
    func slowerProductsAreNamed() throws {
        let slower = try estimate(#""matmulGFLOPS":266,"bfloat16GFLOPS":115"#).text
        #expect(slower.contains("slower here (115 GFLOPS); set activate.productType"))
        #expect(slower.hasPrefix("On this machine (266 GFLOPS), within a factor of two: 11 min in all\n"))
        for rates in [#""matmulGFLOPS":200,"bfloat16GFLOPS":410"#, #""matmulGFLOPS":266"#] {
            #expect(try !estimate(rates).text.contains("slower"))
        }
    }

    @Test("the rates of products are measured", arguments: [nil, ElementType.bfloat16])
    func ratesAreMeasured(type: ElementType?) throws {
        let rate = try ProductRate.measured(type)
        #expect(rate > 1e8 && rate < 1e15, "\(rate)")
    }
}
