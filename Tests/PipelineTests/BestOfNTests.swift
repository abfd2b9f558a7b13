import Pipeline
import Testing

@Suite("Best of n") struct BestOfNTests {
    @Test("is the mean over all ways to draw n of N", arguments: 1...5) func expectation(count: Int) {
        let scores = [0.3, 0.9, 0.1, 0.5, 0.7]
        let values = [1.0, 20, 300, 4000, 50000]
        var (sum, ways) = (0.0, 0.0)
        for mask in 1..<32 where mask.nonzeroBitCount == count {
            let drawn = (0..<5).filter { mask & (1 << $0) != 0 }
            guard let best = drawn.max(by: { scores[$0] < scores[$1] }) else { continue }
            sum += values[best]
            ways += 1
        }
        let found = BestOfN.expected(count, by: scores, of: values)
        #expect(abs(found - sum / ways) < 1e-8 * sum, "\(found), \(sum / ways)")
    }

    @Test("one of n is the mean, all of n the largest") func ends() {
        let scores = [0.25, 0.5, 0.5, 1]
        #expect(BestOfN.expected(1, by: scores, of: scores) == 0.5625)
        #expect(BestOfN.expected(4, by: scores, of: scores) == 1)
    }
}
