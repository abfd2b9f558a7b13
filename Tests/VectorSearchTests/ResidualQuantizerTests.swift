import Pipeline
import Testing

@testable import VectorSearch

extension VectorSearchTests {
    @Suite("Residual quantizer") struct ResidualQuantizerTests {
        private let vectors = sampleVectors(seed: 5, count: 400, width: 12)

        private func quantizer(stages: Int = 3, bits: Int = 4, seed: Int32 = 1) throws -> ResidualQuantizer {
            try ResidualQuantizer(
                training: vectors, width: 12,
                configuration: QuantizerConfiguration(
                    subquantizerCount: stages, bits: bits, normalizes: false, seed: seed))
        }

        @Test("a decoded vector is the sum of the centroids that its codes name") func codesNameCentroids()
            throws
        {
            let quantizer = try quantizer()
            let (codes, centroids) = (try quantizer.encode(vectors), try quantizer.centroids())
            let decoded = try quantizer.decode(codes)
            for row in stride(from: 0, to: 400, by: 37) {
                for column in 0..<12 {
                    let sum = codes[row].enumerated().reduce(Float(0)) { sum, code in
                        sum + centroids[(code.offset * 16 + Int(code.element)) * 12 + column]
                    }
                    #expect(abs(sum - decoded[row * 12 + column]) < 1e-5)
                }
            }
        }

        @Test("with one stage and few codes, every vector gets its nearest centroid", arguments: [1, 2, 3])
        func oneStageIsExact(bits: Int) throws {
            let quantizer = try quantizer(stages: 1, bits: bits)
            let (codes, centroids) = (try quantizer.encode(vectors), try quantizer.centroids())
            for row in 0..<400 {
                let distances = (0..<1 << bits).map { code in
                    (0..<12).reduce(Float(0)) {
                        let gap = vectors[row * 12 + $1] - centroids[code * 12 + $1]
                        return $0 + gap * gap
                    }
                }
                let nearest = distances.indices.min { distances[$0] < distances[$1] }
                #expect(codes.values[row] == nearest.map(UInt16.init))
            }
        }

        @Test("fewer vectors than their width can train too") func trainsOnFewVectors() throws {
            let wide = sampleVectors(seed: 2, count: 50, width: 128)
            let quantizer = try ResidualQuantizer(
                training: wide, width: 128,
                configuration: QuantizerConfiguration(subquantizerCount: 4, bits: 2, seed: 1))
            #expect(try quantizer.encode(wide).count == 50)
        }

        @Test("every stage loses less than the one before, the first as much as single-code k-means")
        func stagesRefine() throws {
            let errors = try (1...4).map { try quantizer(stages: $0).report(on: vectors).meanSquaredError }
            #expect(zip(errors, errors.dropFirst()).allSatisfy { $1 < $0 })
            let sliced = try ProductQuantizer(
                training: vectors, width: 12,
                configuration: QuantizerConfiguration(
                    subquantizerCount: 1, bits: 4, normalizes: false, seed: 1))
            #expect(abs(try sliced.report(on: vectors).meanSquaredError - errors[0]) < 0.1 * errors[0])
        }

        @Test("the same seed gives the same bytes, which read back; another code book refuses its codes")
        func seedDecidesTheBytes() throws {
            let (own, again, other) = (try quantizer(), try quantizer(), try quantizer(seed: 2))
            #expect(try own.bytes() == again.bytes())
            let read = try ResidualQuantizer(bytes: own.bytes())
            let codes = try own.encode(vectors)
            #expect(try read.encode(vectors) == codes && read.version() == codes.codebook)
            #expect(
                throws: VectorSearchError.codebook(expected: try other.version(), found: try own.version())
            ) { try other.decode(codes) }
            let bytes = try own.bytes()
            for wrong in [[], Array(bytes.dropLast()), bytes + [0], [UInt8](repeating: 255, count: 64)] {
                #expect(throws: VectorSearchError.self) { try ResidualQuantizer(bytes: wrong) }
            }
            var huge = bytes
            huge.replaceSubrange(8..<20, with: [255, 255, 255, 127, 255, 255, 255, 127, 16, 0, 0, 0])
            #expect(throws: VectorSearchError.self) { try ResidualQuantizer(bytes: huge) }
        }

        @Test("a rotation, too few vectors and vectors with NaN or infinity are refused")
        func invalidInputIsRefused() {
            let turned = QuantizerConfiguration(subquantizerCount: 2, bits: 2, rotates: true, seed: 1)
            #expect(
                throws: VectorSearchError.setting(
                    name: "rotates", value: 1, expected: "0: a residual quantizer turns nothing")
            ) { try ResidualQuantizer(training: vectors, width: 12, configuration: turned) }
            let wide = QuantizerConfiguration(subquantizerCount: 5, bits: 9, seed: 1)
            #expect(throws: VectorSearchError.fewTrainingVectors(count: 400, centroidCount: 512)) {
                try ResidualQuantizer(training: vectors, width: 12, configuration: wide)
            }
            var broken = vectors
            broken[12 * 3] = .infinity
            let plain = QuantizerConfiguration(subquantizerCount: 2, bits: 2, normalizes: false, seed: 1)
            #expect(throws: VectorSearchError.notFinite(what: "training vectors", row: 3)) {
                try ResidualQuantizer(training: broken, width: 12, configuration: plain)
            }
        }
    }
}
