import Foundation
import Pipeline
import Testing
import VectorSearch

private struct Golden: Decodable {
    struct Case: Decodable, Sendable, CustomTestStringConvertible {
        struct Inputs: Decodable {
            let vectors: [[Double]]
            let codebook: [[[Double]]]
            let isNormalized: Bool
        }
        struct Expected: Decodable {
            let codes: [[Int]]
            let reconstructions: [[Double]]
            let squaredErrors: [Double]
            let utilization: [Double]
            let collisionRate: Double
        }
        let name: String
        let inputs: Inputs
        let expected: Expected
        var testDescription: String { name }
    }
    let cases: [Case]

    static func load() throws -> Golden {
        let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Golden/pq.json")
        return try JSONDecoder().decode(Golden.self, from: Data(contentsOf: file))
    }
}

/// float32 centroids and unit vectors against float64.
private let tolerance = 1e-5

@Suite struct GoldenQuantizerTests {
    @Test("codes, reconstructions and figures match the reference")
    func quantizerMatchesReference() throws {
        let cases = try Golden.load().cases
        #expect(cases.count >= 5)
        for example in cases {
            let codebook = example.inputs.codebook
            let bits = codebook[0].count.trailingZeroBitCount
            #expect(1 << bits == codebook[0].count)
            let quantizer = try ProductQuantizer(
                centroids: codebook.flatMap { $0.flatMap { $0.map(Float.init) } },
                width: codebook.count * codebook[0][0].count,
                configuration: QuantizerConfiguration(
                    subquantizerCount: codebook.count, bits: bits, normalizes: example.inputs.isNormalized,
                    seed: 1))
            let vectors = example.inputs.vectors.flatMap { $0.map(Float.init) }
            let codes = try quantizer.encode(vectors)
            #expect(codes.values.map(Int.init) == example.expected.codes.flatMap { $0 }, "\(example.name)")
            expectClose(
                try quantizer.decode(codes).map(Double.init), example.expected.reconstructions.flatMap { $0 },
                "\(example.name)")
            expectClose(
                try quantizer.squaredErrors(of: vectors, codes: codes), example.expected.squaredErrors,
                "\(example.name)")
            let report = try quantizer.report(on: vectors)
            expectClose(report.utilization, example.expected.utilization, "\(example.name)")
            expectClose([report.collisionRate], [example.expected.collisionRate], "\(example.name)")
        }
    }

    private func expectClose(_ found: [Double], _ expected: [Double], _ name: String) {
        #expect(found.count == expected.count, "\(name)")
        for (index, pair) in zip(found, expected).enumerated() {
            #expect(abs(pair.0 - pair.1) < tolerance, "\(name), element \(index)")
        }
    }
}
