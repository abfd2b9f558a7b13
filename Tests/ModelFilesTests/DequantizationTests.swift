import Foundation
import TestSupport
import Testing

@testable import ModelFiles

@Suite struct DequantizationTests {
    private struct Inputs: Decodable, Sendable {
        let type: String
        let typeID: UInt32
        let bytes: String
    }
    private struct Expected: Decodable, Sendable { let values: [Double] }

    @Test("every type gives the numbers of the reference") func everyTypeMatchesReference()
        throws
    {
        let cases = try Golden.cases("gguf-dequantization", Inputs.self, Expected.self)
        #expect(Set(cases.map(\.inputs.typeID)) == Set(GGUFTensorType.allCases.map(\.rawValue)))
        for example in cases {
            let type = try #require(GGUFTensorType(rawValue: example.inputs.typeID))
            #expect("\(type)" == example.inputs.type.lowercased().replacing("_k", with: "_K"))
            let data = try #require(Data(base64Encoded: example.inputs.bytes))
            let expected = example.expected.values.map(Float.init)
            #expect(data.count % type.blockBytes == 0, "\(example.name)")
            #expect(data.count / type.blockBytes * type.blockSize == expected.count, "\(example.name)")
            var found = [Float](repeating: .nan, count: expected.count)
            data.withUnsafeBytes { bytes in
                found.withUnsafeMutableBufferPointer { dequantize(bytes, as: type, into: $0) }
            }
            // The reference rounds product and sum; a fused multiply-add rounds once.
            let largest = expected.map(abs).max() ?? 0
            let isBlockOf256 = type.blockSize == 256
            for (index, pair) in zip(found, expected).enumerated() {
                let allowed = isBlockOf256 ? 1e-6 * largest : 2 * pair.1.ulp
                #expect(abs(pair.0 - pair.1) <= allowed, "\(example.name), number \(index): \(pair)")
            }
        }
    }
}
