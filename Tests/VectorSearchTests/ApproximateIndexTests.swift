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
