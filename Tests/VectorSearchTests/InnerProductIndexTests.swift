import Testing
import VectorSearch

extension VectorSearchTests {
    @Suite struct InnerProductIndexTests {
        /// float32 sums of up to 40 products of unit vectors.
        private let tolerance = 1e-5

        @Test("neighbours worked by hand") func neighboursWorkedByHand() throws {
            let index = try InnerProductIndex([2, 0, 3, 4, 0, 1, -1, 0], width: 2)
            let found = try index.search([10, 0], k: 2)
            #expect(found.map { $0.map(\.row) } == [[0, 1]])
            #expect(abs(found[0][0].similarity - 1) < 1e-6 && abs(found[0][1].similarity - 0.6) < 1e-6)
            #expect(try index.mostSimilar(k: 1).map { $0.map(\.row) } == [[1], [2], [1], [2]])
        }

        @Test("neighbours match those of a full comparison", arguments: 1...10)
        func neighboursMatchAFullComparison(seed: Int) throws {
            let (width, count) = (8 + 3 * seed, 150)
            let vectors = sampleVectors(seed: seed, count: count, width: width)
            let units = rows(vectors, width: width).map(unit)
            let found = try InnerProductIndex(vectors, width: width).mostSimilar(k: 4)
            for (row, neighbors) in found.enumerated() {
                let cosines = units.map { zip($0, units[row]).map(*).reduce(0, +) }
                let best = cosines.indices.filter { $0 != row }.sorted { cosines[$0] > cosines[$1] }.prefix(4)
                #expect(
                    neighbors.count == 4 && !neighbors.contains { $0.row == row }, "seed \(seed), row \(row)")
                for (neighbor, expected) in zip(neighbors, best) {
                    #expect(
                        abs(cosines[neighbor.row] - cosines[expected]) < tolerance, "seed \(seed), row \(row)"
                    )
                    #expect(abs(Double(neighbor.similarity) - cosines[neighbor.row]) < tolerance)
                }
            }
        }

        @Test("equal vectors tie, and the lower row comes first", arguments: 1...5)
        func equalVectorsAreOrderedByRow(seed: Int) throws {
            // More copies of row 0 than the first FAISS call asks for.
            let copies = Array(stride(from: 3, to: 120, by: 2))
            let vectors = sampleVectors(seed: seed, count: 130, width: 37, copies: copies)
            let index = try InnerProductIndex(vectors, width: 37)
            let similar = try index.mostSimilar(k: 2).map { $0.map(\.row) }
            #expect(similar[0] == [3, 5], "seed \(seed)")
            #expect(similar[3] == [0, 5], "seed \(seed)")
            for row in copies.dropFirst() { #expect(similar[row] == [0, 3], "seed \(seed), row \(row)") }
            let own = try index.search(Array(vectors.prefix(37)), k: 3)
            #expect(own[0].map(\.row) == [0, 3, 5], "seed \(seed)")
        }

        @Test("rows that differ in the last bit are ordered as one loop computes them", arguments: 1...3)
        func nearlyEqualRowsAreOrdered(
            seed: Int
        ) throws {
            // Row 0 at many lengths: the unit vectors agree to rounding, and a matrix product rounds
            // otherwise than a loop.
            let (width, count) = (97, 100)
            let base = sampleVectors(seed: seed, count: 1, width: width)
            let vectors = (0..<count).flatMap { row in base.map { $0 * (1 + Float((row * 7) % count) / 31) } }
            let units = rows(vectors, width: width).map { row in unit(row).map { Float($0) } }
            let found = try InnerProductIndex(vectors, width: width).mostSimilar(k: 3)
            for row in 0..<count {
                let cosines = units.map { zip(units[row], $0).reduce(Float(0)) { $0 + $1.0 * $1.1 } }
                let best = cosines.indices.filter { $0 != row }.sorted {
                    cosines[$0] != cosines[$1] ? cosines[$0] > cosines[$1] : $0 < $1
                }
                #expect(found[row].map(\.row) == Array(best.prefix(3)), "seed \(seed), row \(row)")
            }
        }

        @Test("a search for more rows than the index holds returns all of them")
        func searchLongerThanTheIndex()
            throws
        {
            let index = try InnerProductIndex([1, 0, 0, 1], width: 2)
            #expect(try index.search([1, 1, 0, 2], k: 9).map { $0.map(\.row) } == [[0, 1], [1, 0]])
            #expect(try index.mostSimilar(k: 9).map { $0.map(\.row) } == [[1], [0]])
            #expect(try InnerProductIndex([1, 0], width: 2).mostSimilar(k: 1) == [[]])
        }

        @Test("a zero vector is equally near to all") func zeroVectorIsEquallyNearToAll() throws {
            let index = try InnerProductIndex([0, 0, 1, 0, 0, 1], width: 2)
            #expect(
                try index.mostSimilar(k: 2)[0] == [
                    Neighbor(row: 1, similarity: 0), Neighbor(row: 2, similarity: 0),
                ])
        }

        @Test("queries in several blocks keep their order") func queriesInManyBlocksKeepTheirOrder() throws {
            let vectors = sampleVectors(seed: 77, count: 2_100, width: 16)
            let found = try InnerProductIndex(vectors, width: 16).search(vectors, k: 1)
            #expect(found.map { $0[0].row } == Array(0..<2_100))
        }

        @Test("invalid vectors and settings are refused")
        func invalidVectorsAreRefused() throws {
            let index = try InnerProductIndex([1, 0], width: 2)
            #expect(throws: VectorSearchError.self) { try InnerProductIndex([], width: 2) }
            #expect(throws: VectorSearchError.self) { try InnerProductIndex([1], width: 2) }
            #expect(throws: VectorSearchError.notFinite(what: "vectors", row: 1)) {
                try InnerProductIndex([1, 0, .infinity, 0], width: 2)
            }
            #expect(throws: VectorSearchError.self) { try index.search([1, 0, 0], k: 1) }
            #expect(throws: VectorSearchError.self) { try index.search([1, 0], k: 0) }
        }
    }
}
