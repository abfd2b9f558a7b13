import TestSupport
import Testing

@testable import Catalogue

@Suite struct ItemNeighborsTests {
    @Test("neighbours are titles that the same households buy, ranked by cosine")
    func neighborsAreBoughtBySameHouseholds() {
        // Households of 0: three; of 1: two, both of them also of 0; of 2: one alone; 3 is never bought.
        let neighbors = ItemNeighbors([[0, 1, 1], [0, 1], [0], [2]], count: 4)
        let root = 6.0.squareRoot()
        #expect(difference(neighbors.scores([1]), [2 / root, 1, 0, 0]) < 1e-12)
        #expect(difference(neighbors.scores([0, 0, 2]), [2, 4 / root, 1, 0]) < 1e-12)
        #expect(neighbors.scores([3]) == [0, 0, 0, 0] && neighbors.scores([]) == [0, 0, 0, 0])
    }
}
