import TestSupport
import Testing

@testable import VectorSearch

@Suite("Live index") struct LiveIndexTests {
    private func vectors(_ count: Int, width: Int = 16, seed: Int = 3) -> [Float] {
        var random = TestRandom(seed: seed)
        return (0..<count * width).map { _ in Float.random(in: -1...1, using: &random) }
    }

    @Test("finds what exact search finds, after inserts and replacements")
    func equalsExactSearch() throws {
        let all = vectors(300)
        let index = try LiveIndex(
            UnitVectors(normalizing: Array(all.prefix(100 * 16)), width: 16), capacity: 300)
        for row in 100..<300 { try index.set(row, to: Array(all[row * 16..<(row + 1) * 16])) }
        var changed = all
        let fresh = vectors(300, seed: 4)
        for row in stride(from: 0, to: 300, by: 3) {
            changed.replaceSubrange(row * 16..<(row + 1) * 16, with: fresh[row * 16..<(row + 1) * 16])
            try index.set(row, to: Array(fresh[row * 16..<(row + 1) * 16]))
        }
        #expect(index.count == 300)
        let exact = try InnerProductIndex(changed, width: 16)
        for row in 0..<300 {
            let expected = try exact.mostSimilar(k: 3, to: row..<row + 1)[0]
            let found = try index.mostSimilar(
                to: Array(changed[row * 16..<(row + 1) * 16]), k: 3, without: row)
            #expect(found.map(\.row) == expected.map(\.row))
            #expect(abs(found[0].similarity - expected[0].similarity) < 1e-5)
        }
    }

    @Test("with a byte a number, similarities are off by little") func bytesAreClose() throws {
        let all = vectors(500, width: 32)
        let index = try LiveIndex(
            UnitVectors(normalizing: all, width: 32), capacity: LiveIndex.exactLimit + 1)
        let exact = try InnerProductIndex(all, width: 32)
        var agreed = 0
        for row in 0..<500 {
            let query = Array(all[row * 32..<(row + 1) * 32])
            let (found, expected) = (
                try index.mostSimilar(to: query, k: 1, without: row)[0],
                try exact.mostSimilar(k: 1, to: row..<row + 1)[0][0]
            )
            #expect(abs(found.similarity - expected.similarity) < 0.02)
            agreed += found.row == expected.row ? 1 : 0
        }
        #expect(agreed > 480)
    }

    @Test("refuses a row beyond the end and a vector of another width") func refuses() throws {
        let index = try LiveIndex(UnitVectors(normalizing: vectors(4), width: 16), capacity: 4)
        #expect(throws: VectorSearchError.setting(name: "row", value: 5, expected: "0 to 4")) {
            try index.set(5, to: vectors(1))
        }
        #expect(throws: VectorSearchError.shape(what: "vector", elementCount: 3, width: 16)) {
            try index.mostSimilar(to: [1, 2, 3], k: 1, without: nil)
        }
    }
}
