import Pipeline
import Testing

@testable import VectorSearch

extension VectorSearchTests {
    @Suite struct ProductQuantizerTests {
        private func trained(
            seed: Int = 1, count: Int = 400, width: Int = 12, subquantizers: Int = 3, bits: Int = 4,
            normalizes: Bool = true
        ) throws -> (ProductQuantizer, [Float]) {
            let vectors = sampleVectors(seed: seed, count: count, width: width)
            let configuration = QuantizerConfiguration(
                subquantizerCount: subquantizers, bits: bits, normalizes: normalizes, seed: 7)
            return (
                try ProductQuantizer(training: vectors, width: width, configuration: configuration), vectors
            )
        }

        // Slices narrower and wider than 16 take different paths inside FAISS.
        @Test("each id is the nearest centroid of its slice", arguments: 1...6, [(12, 3), (8, 1), (64, 2)])
        func idsAreNearestCentroids(seed: Int, shape: (Int, Int)) throws {
            let (width, subquantizers) = shape
            let (quantizer, vectors) = try trained(seed: seed, width: width, subquantizers: subquantizers)
            let centroids = rows(try quantizer.centroids(), width: width / subquantizers)
            let codes = try quantizer.encode(vectors)
            for (index, row) in rows(vectors, width: width).map(unit).enumerated() {
                for (m, code) in codes[index].enumerated() {
                    let slice = row[(m * width / subquantizers)..<((m + 1) * width / subquantizers)]
                    let distances = (0..<16).map { c in
                        zip(slice, centroids[m * 16 + c]).map { ($0 - $1) * ($0 - $1) }.reduce(0, +)
                    }
                    // float32 may choose another centroid only where two are as near to 1e-5.
                    #expect(
                        distances[Int(code)] <= (distances.min() ?? 0) + 1e-5, "seed \(seed), vector \(index)"
                    )
                }
            }
        }

        @Test("ids of any bit count survive packing", arguments: [1, 4, 5, 8, 11, 16])
        func idsOfAnyBitCountSurvivePacking(bits: Int) throws {
            // Centroid c of both slices is (c, 0): the id of a whole number is the number.
            let centroids = (0..<(2 << bits)).flatMap { index -> [Float] in [Float(index % (1 << bits)), 0] }
            let quantizer = try ProductQuantizer(
                centroids: centroids, width: 4,
                configuration: QuantizerConfiguration(
                    subquantizerCount: 2, bits: bits, normalizes: false, seed: 1))
            let last = (1 << bits) - 1
            let numbers = [0, 1, last, last / 2, last / 3]
            let vectors = numbers.flatMap { number -> [Float] in [Float(number), 0, Float(last - number), 0] }
            let codes = try quantizer.encode(vectors)
            #expect(codes.values.map(Int.init) == numbers.flatMap { [$0, last - $0] })
            #expect(try quantizer.decode(codes) == vectors)
        }

        @Test("the same seed gives the same centroids, another seed different ones")
        func seedDecidesTheCentroids() throws {
            let (first, vectors) = try trained()
            let (second, _) = try trained()
            #expect(try first.centroids() == second.centroids())
            #expect(try first.encode(vectors) == second.encode(vectors))
            var configuration = first.configuration
            configuration.seed = 8
            let other = try ProductQuantizer(training: vectors, width: 12, configuration: configuration)
            #expect(try other.centroids() != first.centroids())
        }

        @Test("the length of a vector does not matter if vectors are normalized")
        func normalizedLengthDoesNotMatter() throws {
            let (quantizer, vectors) = try trained()
            #expect(try quantizer.encode(vectors.map { 4 * $0 }) == quantizer.encode(vectors))
            let (raw, _) = try trained(normalizes: false)
            #expect(try raw.encode(vectors.map { 4 * $0 }) != raw.encode(vectors))
        }

        @Test("more bits reconstruct better, and trained centroids beat the first vectors")
        func moreBitsReconstructBetter() throws {
            let errors = try [2, 4, 6].map { bits in
                let (quantizer, vectors) = try trained(count: 2_600, bits: bits)
                return try quantizer.report(on: vectors).meanSquaredError
            }
            #expect(errors[0] > errors[1] && errors[1] > errors[2], "\(errors)")
            let (quantizer, vectors) = try trained(normalizes: false)
            let first = rows(vectors, width: 12).prefix(16)
            let untrained = (0..<3).flatMap { m in
                first.flatMap { $0[(4 * m)..<(4 * m + 4)].map { Float($0) } }
            }
            let simple = try ProductQuantizer(
                centroids: untrained, width: 12, configuration: quantizer.configuration)
            #expect(
                try quantizer.report(on: vectors).meanSquaredError
                    < simple.report(on: vectors).meanSquaredError)
        }

        @Test("reported figures describe the codes") func reportDescribesTheCodes() {
            let codes = QuantizedCodes(values: [0, 1, 0, 1, 2, 1, 0, 3], subquantizerCount: 2)
            #expect(codes.count == 4)
            #expect(Array(codes[2]) == [2, 1])
            #expect(codes.utilization(centroidCount: 4) == [0.5, 0.5])
            #expect(codes.collisionRate == 0.5)
        }

        @Test("too few vectors are an error, few a warning, enough neither")
        func fewVectorsAreReported() throws {
            #expect(throws: VectorSearchError.fewTrainingVectors(count: 15, centroidCount: 16)) {
                try trained(count: 15)
            }
            let warning = try #require(try trained(count: 400).0.trainingWarning)
            #expect(warning.count == 400 && warning.recommendedCount == 624)
            #expect(try trained(count: 624).0.trainingWarning == nil)
            #expect(try trained(count: 16).0.trainingWarning != nil)
        }

        @Test("settings and vectors that make no quantizer are refused")
        func invalidSettingsAreRefused() throws {
            #expect(throws: VectorSearchError.self) { try trained(subquantizers: 5) }
            #expect(throws: VectorSearchError.self) { try trained(bits: 17) }
            let (quantizer, vectors) = try trained()
            #expect(throws: VectorSearchError.self) { try quantizer.encode([1, 2, 3]) }
            #expect(throws: VectorSearchError.self) { try quantizer.encode([]) }
            var broken = vectors
            broken[12 * 5 + 3] = .nan
            #expect(throws: VectorSearchError.notFinite(what: "vectors", row: 5)) {
                try quantizer.encode(broken)
            }
            let wrong = QuantizedCodes(values: [0, 1, 16], subquantizerCount: 3)
            #expect(throws: VectorSearchError.code(row: 0, value: 16, centroidCount: 16)) {
                try quantizer.decode(wrong)
            }
            #expect(throws: VectorSearchError.self) {
                try quantizer.decode(QuantizedCodes(values: [0, 1], subquantizerCount: 2))
            }
        }

        @Test("a trained rotation loses less than none, preserves lengths, and is kept in the bytes")
        func aTrainedRotationLosesLess() throws {
            // All that varies lies in the first two of eight columns: without a turn, one sub-quantizer has
            // it all.
            let plain = sampleVectors(seed: 3, count: 400, width: 8)
            let vectors = plain.enumerated().map { $0.offset % 8 < 2 ? $0.element : 0.01 * $0.element }
            func quantizer(rotates: Bool) throws -> ProductQuantizer {
                try ProductQuantizer(
                    training: vectors, width: 8,
                    configuration: QuantizerConfiguration(
                        subquantizerCount: 4, bits: 2, normalizes: false, rotates: rotates, seed: 1))
            }
            let (own, without) = (try quantizer(rotates: true), try quantizer(rotates: false))
            let errors = try (own.report(on: vectors), without.report(on: vectors))
            #expect(errors.0.meanSquaredError < 0.8 * errors.1.meanSquaredError)
            for row in 0..<8 {
                let length = own.rotation[row * 8..<(row + 1) * 8].reduce(0) { $0 + $1 * $1 }
                #expect(abs(length - 1) < 1e-4)
            }
            let read = try ProductQuantizer(bytes: own.bytes())
            #expect(try read.encode(vectors) == own.encode(vectors) && read.version() == own.version())
            #expect(without.rotation.isEmpty)
        }

        @Test("codes record their code book, and another one refuses them")
        func codesKnowTheirCodeBook() throws {
            let vectors = sampleVectors(seed: 1, count: 64, width: 8)
            let (own, other) = (try quantizer(vectors, seed: 1), try quantizer(vectors, seed: 2))
            let codes = try own.encode(vectors)
            #expect(try codes.codebook == own.version() && own.version().count == 16)
            #expect(try own.version() == ProductQuantizer(bytes: own.bytes()).version())
            #expect(try own.decode(codes).count == 64 * 8)
            #expect(
                throws: VectorSearchError.codebook(expected: try other.version(), found: try own.version())
            ) { try other.decode(codes) }
        }

        private func quantizer(_ vectors: [Float], seed: Int32) throws -> ProductQuantizer {
            try ProductQuantizer(
                training: vectors, width: 8,
                configuration: QuantizerConfiguration(subquantizerCount: 2, bits: 3, seed: seed))
        }

        @Test("bytes restore the same quantizer") func bytesRestoreTheQuantizer() throws {
            let (quantizer, vectors) = try trained()
            let bytes = try quantizer.bytes()
            let copy = try ProductQuantizer(bytes: bytes)
            #expect(copy.configuration == quantizer.configuration)
            #expect(copy.width == 12)
            #expect(try copy.centroids() == quantizer.centroids())
            #expect(try copy.encode(vectors) == quantizer.encode(vectors))
            #expect(try copy.bytes() == bytes)
            #expect(throws: VectorSearchError.self) { try ProductQuantizer(bytes: bytes.dropLast()) }
            #expect(throws: VectorSearchError.self) { try ProductQuantizer(bytes: [1] + bytes) }
            #expect(throws: VectorSearchError.self) { try ProductQuantizer(bytes: []) }
            var zeroBits = bytes
            zeroBits[16] = 0
            #expect(throws: VectorSearchError.self) { try ProductQuantizer(bytes: zeroBits) }
        }
    }
}
