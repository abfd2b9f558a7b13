import CFaiss
import Testing
import VectorSearch

/// One after another: the live-handle count and the thread count belong to the process.
@Suite(.serialized) struct VectorSearchTests {
    @Suite struct ShimTests {
        @Test("every handle is freed, and failing calls create none")
        func everyHandleIsFreed() throws {
            let before = VectorSearchRuntime.liveCount
            do {
                let vectors = sampleVectors(seed: 2, count: 64, width: 8)
                let configuration = QuantizerConfiguration(subquantizerCount: 2, bits: 3, seed: 1)
                let quantizer = try ProductQuantizer(
                    training: vectors, width: 8, configuration: configuration)
                let copy = try ProductQuantizer(bytes: try quantizer.bytes())
                let index = try InnerProductIndex(vectors, width: 8)
                _ = try (copy.report(on: vectors), index.mostSimilar(k: 1), index.search(vectors, k: 70))
                #expect(VectorSearchRuntime.liveCount == before + 3)
                var handle: OpaquePointer?
                #expect(cf_quantizer_train(vectors, 64, 8, 3, 3, 1, 1, &handle) != 0)
                #expect(handle == nil)
            }
            #expect(VectorSearchRuntime.liveCount == before)
        }

        @Test("an exception of FAISS becomes a status and a message")
        func exceptionsBecomeStatuses() {
            var handle: OpaquePointer?
            #expect(cf_quantizer_train([1, 2, 3], 1, 3, 2, 1, 1, 1, &handle) == 1)
            #expect(
                String(cString: cf_last_error()).contains("multiple"), "\(String(cString: cf_last_error()))")
            #expect(handle == nil)
        }

        @Test("the thread count is kept, and another count finds the same neighbours")
        func resultsIgnoreTheThreadCount() throws {
            let vectors = sampleVectors(seed: 5, count: 300, width: 24)
            #expect(throws: VectorSearchError.self) { try VectorSearchRuntime.setThreadCount(0) }
            #expect(VectorSearchRuntime.threadCount == 1)
            let one = try InnerProductIndex(vectors, width: 24).mostSimilar(k: 3)
            try VectorSearchRuntime.setThreadCount(2)
            #expect(VectorSearchRuntime.threadCount == 2)
            let two = try InnerProductIndex(vectors, width: 24).mostSimilar(k: 3)
            try VectorSearchRuntime.setThreadCount(1)
            #expect(one == two)
        }
    }
}
