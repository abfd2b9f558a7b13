import Foundation
import Pipeline
import Testing

@Suite("Tables of answers") struct AnswerTablesTests {
    @Test("variety counts answers, different titles and the most frequent one") func varietyIsCounted() {
        let some = TitleVariety(["tea", "milk", nil, "milk", "tea", "jam", nil])
        #expect(some.answered == 5 && some.distinct == 3)
        // Of two as frequent, the first by name.
        #expect(some.mostFrequent == "milk" && some.mostFrequentCount == 2)
        let none = TitleVariety([nil, nil])
        #expect(none.answered == 0 && none.distinct == 0)
        #expect(none.mostFrequent.isEmpty && none.mostFrequentCount == 0)
    }

    @Test("scores of some samples keep their places") func someSamplesKeepTheirPlaces() {
        let scored = ScoredAnswers(
            name: "row", format: nil, categoryHits: [[true], [nil], [false]], titleRanks: [4, nil, 0],
            ctcvr: [0.1, 0, 0.3], similarity: [0.5, 0, 0.7], titles: ["tea", nil, "milk"])
        #expect(scored.answered == [0, 2])
        let both = scored.of([2, 0])
        #expect(both.titleRanks == [0, 4] && both.ctcvr == [0.3, 0.1] && both.similarity == [0.7, 0.5])
        #expect(both.categoryHits == [[false], [true]] && both.titles == ["milk", "tea"])
        #expect(both.hits(1) == [1, 0])
    }

    @Test("files of earlier versions, without titles and users, are read") func earlierFilesAreRead() throws {
        let estimate = #"{"value":0.5,"lower":0.25,"upper":0.75}"#
        let text = """
            {"samples":2,"rows":[{"name":"a","categoryAccuracy":[null],"titleHitRate":[],
             "similarity":\(estimate),"ctcvr":\(estimate)}],
             "differences":[{"row":"a","reference":"b","categoryAccuracy":[],"titleHitRate":[],
             "similarity":\(estimate),"ctcvr":\(estimate)}]}
            """
        let tables = try JSONDecoder().decode(AnswerTables.self, from: Data(text.utf8))
        #expect(tables.rows[0].titles == nil && tables.differences[0].users == nil)
        #expect(tables.differencesOfAnswered == nil && tables.rows[0].similarity.upper == 0.75)
    }
}
