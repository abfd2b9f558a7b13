import Catalogue
import Evaluation
import Pipeline
import TestSupport
import Testing

@Suite struct TitleIndexTests {
    @Test("title rank worked by hand, ties in catalogue order")
    func titleRankWorkedByHand() throws {
        // Rows 1 and 2 are the same title vector; the query is nearest to row 0.
        let titles = try TitleIndex(values: [1, 0, 0.6, 0.8, 0.6, 0.8, 0, -1], width: 2)
        #expect(try (0..<4).map { try titles.rank(of: $0, for: [5, 1]) } == [0, 1, 2, 3])
        #expect(try titles.rank(of: 0, for: [0, 0]) == nil)
        let rate = try TitleHitRate(
            predictions: [[5, 1], [5, 1], nil, [0, 0], [0, -3]], targets: [0, 2, 0, 0, 3], in: titles,
            cutoffs: [1, 2, 3])
        #expect(rate.ranks == [0, 2, nil, nil, 0])
        #expect(rate.rates == [0.4, 0.4, 0.6])
    }

    @Test("a title's rank is its position in a full sort", arguments: 1...20) func rankMatchesFullSort(
        seed: Int
    ) throws {
        var random = TestRandom(seed: seed)
        let width = 5 + seed
        var rows = (0..<60).map { _ in
            (0..<width).map { _ in Double(Int.random(in: 0..<5, using: &random)) - 2.1 }
        }
        for copy in 0..<20 { rows[40 + copy] = rows[Int.random(in: 0..<40, using: &random)] }
        let unit = rows.map { row in row.map { Float($0 / row.map { $0 * $0 }.reduce(0, +).squareRoot()) } }
        let titles = try TitleIndex(values: unit.flatMap { $0 }, width: width)
        let query = (0..<width).map { _ in Float(Double.random(in: 0..<1, using: &random) - 0.5) }
        let cosines = unit.map { row in zip(row, query).map { Double($0) * Double($1) }.reduce(0, +) }
        let order = cosines.indices.sorted { (cosines[$0], $1) > (cosines[$1], $0) }
        #expect(titles.byCosine(to: query) == order)
        for (place, title) in order.enumerated() {
            #expect(try titles.rank(of: title, for: query) == place, "seed \(seed), title \(title)")
        }
    }

    @Test("an index or a query that cannot be ranked is refused") func unusableIndexIsRefused() throws {
        #expect(throws: EvaluationError.self) { try TitleIndex(values: [1, 1], width: 2) }
        #expect(throws: EvaluationError.self) { try TitleIndex(values: [1, 0, 1], width: 2) }
        #expect(throws: EvaluationError.self) { try TitleIndex(values: [.nan, 0], width: 2) }
        let titles = try TitleIndex(values: [1, 0], width: 2)
        #expect(throws: EvaluationError.self) { try titles.rank(of: 1, for: [1, 0]) }
        #expect(throws: EvaluationError.self) { try titles.rank(of: 0, for: [.infinity, 0]) }
        #expect(throws: EvaluationError.self) { try titles.rank(of: 0, for: [1]) }
    }

    @Test("the nearest title has rank 0; of equal titles, the first is nearest", arguments: 1...10)
    func nearestTitleHasRankZero(seed: Int) throws {
        var random = TestRandom(seed: seed)
        let width = 3 + seed
        let rows = (0..<40).map { _ in random.values(width, in: -1...1) }
        let unit = rows.map { row in
            row.map { Float($0 / row.map { $0 * $0 }.reduce(0, +).squareRoot()) }
        }
        let titles = try TitleIndex(values: unit.flatMap { $0 } + unit[3], width: width)
        let query = unit[Int.random(in: 0..<40, using: &random)]
        let nearest = titles.nearest(to: query)
        #expect(try titles.rank(of: nearest.entry, for: query) == 0)
        #expect(abs(nearest.similarity - titles.cosine(query, nearest.entry)) < 1e-5)
        #expect(titles.nearest(to: unit[3]).entry == 3, "of two equal titles the first counts")
        #expect(titles.vector(3) == titles.vector(40) && titles.count == 41)
    }
}
