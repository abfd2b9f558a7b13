import Evaluation
import Testing

@Suite("Pareto front") struct ParetoFrontTests {
    @Test("the front holds the points that no other dominates, and its hypervolume is the area they dominate")
    func frontHoldsUndominatedPoints() {
        let points: [ParetoFront.Point] = [
            .init(x: 1, y: 3), .init(x: 2, y: 2), .init(x: 3, y: 1), .init(x: 2, y: 1), .init(x: 1, y: 3),
            .init(x: -5, y: 9),
        ]
        let front = ParetoFront(points)
        #expect(front.places == [0, 1, 2, 4, 5])
        // 1·3 + 1·2 + 1·1, and the last point does not dominate the reference.
        #expect(front.hypervolume(above: .init(x: 0, y: 0)) == 6)
        #expect(ParetoFront(Array(points[1...1])).hypervolume(above: .init(x: 0, y: 0)) == 4)
        #expect(front.hypervolume(above: .init(x: 4, y: 4)) == 0)
        #expect(ParetoFront([]).places.isEmpty)
    }
}
