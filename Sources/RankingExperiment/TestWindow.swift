import Pipeline
import RankingModels

/// The impressions of the test window. Users and labels are in memory, six bytes a row; the rest is read
/// again for
/// every ranker, a block at a time.
struct TestWindow {
    /// Index of the user, by row.
    private(set) var users: [Int32] = []
    /// Whether the row was clicked.
    private(set) var isClick: [Bool] = []
    /// Whether the row converted.
    private(set) var isConversion: [Bool] = []
    private let file: ImpressionFile
    private let blockSize: Int

    /// - Parameter blockSize: rows in memory at once; whole batches of the ranker, so that blocks change no
    /// score.
    /// - Throws: what the file throws.
    init(_ file: ImpressionFile, blockSize: Int = 65_536) throws {
        self.file = file
        self.blockSize = blockSize
        try file.forEachImpression { impression in
            users.append(impression.user)
            isClick.append(impression.isClick)
            isConversion.append(impression.isConversion)
        }
    }

    /// Number of impressions.
    var count: Int { users.count }

    /// A ranker's scores of all rows, in order.
    func scores(by ranker: Ranker) throws -> Ranker.Scores {
        var scores = Ranker.Scores()
        var rows: [RankingRow] = []
        func flush() throws {
            let block = try ranker.scores(rows)
            scores.ctr += block.ctr
            scores.ctcvr += block.ctcvr
            rows.removeAll(keepingCapacity: true)
        }
        try file.forEachImpression { impression in
            rows.append(RankingRow(impression))
            if rows.count == blockSize { try flush() }
        }
        if !rows.isEmpty { try flush() }
        return scores
    }
}
