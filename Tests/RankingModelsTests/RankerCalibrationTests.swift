import Foundation
import Pipeline
import TestSupport
import Testing

@testable import RankingModels

@Suite("Ranker calibration", .serialized) struct RankerCalibrationTests {
    @Test("finds the line that made the labels") func findsTheLine() {
        var generator = SeededGenerator(seed: 3, path: 1)
        let logits = (0..<20_000).map { _ in 6 * Double.random(in: 0..<1, using: &generator) - 3 }
        let labels = logits.map { Double.random(in: 0..<1, using: &generator) < logistic(0.5 * $0 - 1) }
        let line = RankerCalibration.Line.fitted(logits, labels)
        #expect(abs(line.slope - 0.5) < 0.04 && abs(line.intercept + 1) < 0.05)
        // At the likeliest line, predicted equals observed.
        let predicted = logits.reduce(0) { $0 + logistic(line($1)) }
        #expect(abs(predicted / Double(labels.count { $0 }) - 1) < 1e-3)
    }

    @Test("separable classes, a single class, and constant logits give finite lines") func degenerateCases() {
        let apart = RankerCalibration.Line.fitted([-2, -1, 1, 2], [false, false, true, true])
        #expect(apart.slope.isFinite && apart.intercept.isFinite && apart.slope > 0)
        #expect(RankerCalibration.Line.fitted([1, 2], [true, true]) == .identity)
        #expect(RankerCalibration.Line.fitted([1, 1], [true, false]) == .identity)
        #expect(RankerCalibration.Line.fitted([], []) == .identity)
        // Far from zero, the curvature at the first Newton step is almost 0.
        let far = (0..<200).map { 17 + Double($0 % 4) }
        let line = RankerCalibration.Line.fitted(far, far.map { Int($0) % 2 == 0 })
        let predicted = far.reduce(0) { $0 + logistic(line($1)) }
        #expect(abs(predicted - 100) < 1)
    }

    @Test("labels that fall with the logit change the intercept and do not reverse the order")
    func slopeIsNeverNegative() {
        let logits = [-1, -0.9, -1.2, -0.5, -0.4]
        let line = RankerCalibration.Line.fitted(logits, [true, true, false, false, false])
        #expect(line.slope == 1 && line.intercept != 0)
        // Platt's targets: two of (2 + 1) / (2 + 2), three of 1 / (3 + 2).
        let predicted = logits.reduce(0) { $0 + logistic(line($1)) }
        #expect(abs(predicted - (2 * 0.75 + 3 * 0.2)) < 1e-6)
    }

    @Test("a trained ranker keeps its scaling in its file")
    func keptInTheFile() throws {
        func ranker(calibrates: Bool) throws -> Ranker {
            try SmallWorld.trainer(calibrates: calibrates) { $0.validationShare = 0.4 }.train(
                SmallWorld.impressions(), title: "test ranker", progress: RunProgress())
        }
        let (plain, scaled) = (try ranker(calibrates: false), try ranker(calibrates: true))
        #expect(plain.calibration == .none && scaled.calibration != .none)
        let rows = SmallWorld.impressions().map(RankingRow.init)
        try withTemporaryFolder { folder in
            try scaled.write(to: folder)
            let read = try Ranker(folder, SmallWorld.data)
            #expect(read.calibration == scaled.calibration)
            #expect(try read.scores(rows) == scaled.scores(rows))
            #expect(try scaled.scores(rows) != plain.scores(rows))
        }
    }
}
