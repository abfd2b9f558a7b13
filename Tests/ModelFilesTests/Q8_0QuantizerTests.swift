import Foundation
import TestSupport
import Testing

@testable import ModelFiles

@Suite struct Q8_0QuantizerTests {
    private struct Inputs: Decodable, Sendable { let floats: String }
    private struct Expected: Decodable, Sendable { let blocks: String }

    private func quantized(_ row: [Float]) -> [UInt8] {
        var bytes: [UInt8] = []
        row.withUnsafeBufferPointer { Q8_0Quantizer.append($0, to: &bytes) }
        return bytes
    }

    @Test("blocks match those of the gguf package bit for bit")
    func blocksMatchTheGGUFPackage() throws {
        let cases = try Golden.cases("gguf-quantization", Inputs.self, Expected.self)
        #expect(cases.count == 10)
        for example in cases {
            let data = try #require(Data(base64Encoded: example.inputs.floats))
            let row = data.withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
            #expect(
                quantized(row) == Data(base64Encoded: example.expected.blocks).map(Array.init),
                "\(example.name)")
        }
    }

    @Test("the error of a number is at most half a step plus the rounding of the scale")
    func errorIsWithinHalfAStep() {
        for seed in 0..<40 {
            var random = TestRandom(seed: seed)
            let size = Foundation.pow(10, Double(seed % 10) - 6)
            let row = random.values(64, in: -size...size).map(Float.init)
            var back = [Float](repeating: .nan, count: row.count)
            quantized(row).withUnsafeBytes { bytes in
                back.withUnsafeMutableBufferPointer { dequantize(bytes, as: .q8_0, into: $0) }
            }
            for start in stride(from: 0, to: row.count, by: 32) {
                let scale = (row[start..<start + 32].map(abs).max() ?? 0) / 127
                for index in start..<start + 32 {
                    // Float16 keeps 11 bits, and steps of 2⁻²⁴ near 0.
                    let rounding = max(abs(row[index]) / 2048, 127 * Foundation.pow(2, -25))
                    let error = abs(back[index] - row[index])
                    #expect(error <= (scale / 2 + rounding) * 1.0001, "seed \(seed), \(row[index])")
                }
            }
        }
    }

    @Test("the smallest numbers become zero and do not trap") func tiniestNumbersBecomeZero() {
        let row = [Float](repeating: .leastNonzeroMagnitude, count: 31) + [Float(bitPattern: 0x8000_0007)]
        #expect(quantized(row).prefix(2) == [0, 0])
        #expect(quantized([Float](repeating: 0, count: 32)) == [UInt8](repeating: 0, count: 34))
        #expect(quantized([]).isEmpty)
    }
}
