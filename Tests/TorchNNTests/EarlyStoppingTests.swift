import Testing
import TorchNN

@Suite struct EarlyStoppingTests {
    @Test("among equal best values the first counts, and patience starts there")
    func firstBestValueCounts() {
        var stopping = EarlyStopping()
        #expect(stopping.best == nil && !stopping.isOver(patience: 1))
        #expect(
            [1.0, 3, 3, 2].enumerated().map { stopping.record($1, step: $0) } == [true, true, false, false])
        #expect(stopping.best == 3 && stopping.bestStep == 1 && stopping.withoutGain == 2)
        #expect(stopping.isOver(patience: 2) && !stopping.isOver(patience: 3))
        #expect(!stopping.isOver(patience: 0), "0 never stops")
    }

    @Test("a NaN is never the best") func nanIsNeverTheBest() {
        var stopping = EarlyStopping()
        #expect(!stopping.record(.nan, step: 0) && stopping.best == nil)
        #expect(stopping.record(-5, step: 1) && !stopping.record(.nan, step: 2))
        #expect(stopping.best == -5 && stopping.withoutGain == 1)
    }
}
