import CFaiss
import Testing
import VectorSearch

extension VectorSearchTests {
    @Suite("Approximate index") struct ApproximateIndexTests {
        private let width = 16

        /// Vectors around 40 centres, as embeddings of people with shared habits are.
        private func clustered(_ count: Int) -> [Float] {
            let centres = sampleVectors(seed: 5, count: 40, width: width)
            let noise = sampleVectors(seed: 6, count: count, width: width)
            return (0..<count).flatMap { row in
                (0..<width).map { centres[(row % 40) * width + $0] + 0.3 * noise[row * width + $0] }
            }
        }

        @Test("finds almost what exact search finds, never the row itself, with exact similarities")
        func findsNearlyWhatExactSearchFinds() throws {
            let vectors = clustered(3000)
            let exact = try InnerProductIndex(vectors, width: width)
            let truth = try exact.mostSimilar(k: 3)
            for method in [RetrievalMethod.hnsw, .ivfpq] {
                let index = try ApproximateIndex(vectors, width: width, method: method)
                let found = try index.mostSimilar(k: 3)
                #expect(found.count == 3000 && found.allSatisfy { $0.count == 3 })
                #expect(found.enumerated().allSatisfy { row, own in own.allSatisfy { $0.row != row } })
                let hits = zip(found, truth).count { $0[0].row == $1[0].row }
                #expect(Double(hits) / 3000 > 0.95, "\(method)")
                let same = zip(found, truth).prefix(500).count { $0[0].similarity >= $1[0].similarity - 1e-6 }
                #expect(try index.recall(rows: Array(0..<500)) == Double(same) / 500, "\(method)")
                #expect(same > 475, "\(method)")
                for (own, other) in zip(found, truth) where own[0].row == other[0].row {
                    #expect(abs(own[0].similarity - other[0].similarity) < 1e-5)
                }
                let again = try ApproximateIndex(vectors, width: width, method: method).mostSimilar(k: 3)
                #expect(again == found, "\(method) repeats")
            }
        }

        @Test("inverted lists are searched to what FAISS finds in them", arguments: [1, 70])
        func listsAreSearchedAsByFAISS(depth: Int) throws {
            let (count, wide) = (12_000, 64)
            let centres = sampleVectors(seed: 7, count: 60, width: wide)
            let noise = sampleVectors(seed: 8, count: count, width: wide)
            let vectors: [Float] = noise.indices.map { place in
                let (row, column) = (place / wide, place % wide)
                return centres[(row % 60) * wide + column] + 0.5 * noise[place]
            }
            let queries = sampleVectors(seed: 9, count: 200, width: wide)
            func index(plainly: Bool) throws -> cf_approximate {
                var handle: cf_approximate?
                let status = cf_approximate_make(
                    vectors, count, wide, 10_000, "IVF16,PQ8x8np", "nprobe=5", plainly, &handle)
                #expect(status == 0)
                return try #require(handle)
            }
            let (own, plain) = (try index(plainly: false), try index(plainly: true))
            defer { for index in [own, plain] { cf_approximate_free(index) } }
            func found(_ index: cf_approximate) -> [[Int64]] {
                var rows = [Int64](repeating: -2, count: 200 * depth)
                #expect(cf_approximate_search(index, queries, 200, depth, &rows) == 0)
                return stride(from: 0, to: rows.count, by: depth).map { Array(rows[$0..<$0 + depth]) }
            }
            let theirs = found(plain)
            #expect(cf_approximate_choose(plain, 0) == 0)
            let loops = cf_approximate_choose(own, 0)
            let first = found(own)
            // Sums in another order: rows that are as near as one another may change places.
            let same = zip(first, theirs).map { Set($0).intersection($1).count }.reduce(0, +)
            #expect(Double(same) / Double(200 * depth) > 0.995)
            #expect(zip(first, theirs).count { $0[0] == $1[0] } > 197)
            #expect(first.joined().allSatisfy { (0..<Int64(count)).contains($0) })
            #expect(loops >= 1)
            for loop in 1..<max(1, loops) {
                #expect(cf_approximate_choose(own, loop) == loops)
                #expect(found(own) == first, "loop \(loop)")
            }
        }

        @Test("refuses settings it cannot build an index from") func refusesImpossibleSettings() throws {
            let vectors = clustered(50)
            #expect(throws: VectorSearchError.self) {
                try ApproximateIndex(vectors, width: width, method: .exact)
            }
            #expect(throws: VectorSearchError.self) {
                try ApproximateIndex(vectors, width: width, method: .ivfpq)
            }
            let small = try ApproximateIndex(vectors, width: width, method: .hnsw)
            #expect(try small.search(Array(vectors[0..<16]), k: 100)[0].count <= 50)
            #expect(throws: VectorSearchError.self) { try small.search(vectors, k: 0) }
        }
    }
}
