import Foundation
import ModelFiles
import Pipeline
import RankingModels
import Torch

/// All that the comparison keeps of a ranker.
struct RankerScores {
    /// Of the impressions of the test window.
    let test: Ranker.Scores
    /// CTCVR of the ads of the A/B simulation; empty where this ranker takes no part in it.
    let auctions: [Double]

    init(test: Ranker.Scores, auctions: [Double]) {
        self.test = test
        self.auctions = auctions
    }

    /// - Parameter simulation: nil where this ranker takes no part in it.
    init(_ ranker: Ranker, _ window: TestWindow, _ simulation: ABSimulation?) throws {
        self.init(
            test: try window.scores(by: ranker),
            auctions: try simulation.map { try ranker.scores($0.rows.map(RankingRow.init)).ctcvr } ?? [])
    }

    /// Reads what `write` wrote.
    init(_ file: URL) throws {
        let file = try SafetensorsFile(file)
        var test = Ranker.Scores()
        test.ctr = try file.tensor("ctr").elements()
        test.ctcvr = try file.tensor("ctcvr").elements()
        self.init(test: test, auctions: try file.tensor("auctions").elements())
    }

    /// The file appears only when it is whole.
    func write(to file: URL) throws {
        try SafetensorsFile.write(
            [("ctr", test.ctr), ("ctcvr", test.ctcvr), ("auctions", auctions)].map { name, scores in
                (name: name, tensor: try Tensor.from(scores, shape: [scores.count]))
            }, to: file)
    }
}

/// Scores of the rankers that are trained so far, so that an interrupted comparison goes on where it was.
struct KeptRankerScores {
    /// The folder of an unfinished step.
    let folder: URL

    /// Those of a ranker that an earlier call made, or new ones, which are kept.
    ///
    /// - Parameter seed: counted from 0.
    func scores(_ arm: RankerArm, seed: Int, make: () throws -> RankerScores) throws -> RankerScores {
        let file = self.file(arm, seed)
        if FileManager.default.fileExists(atPath: file.path) { return try RankerScores(file) }
        let scores = try make()
        try scores.write(to: file)
        return scores
    }

    /// Removes those of all arms: the finished step has what was made of them.
    ///
    /// - Parameter seeds: rankers an arm.
    func remove(seeds: Int) throws {
        for arm in RankerArm.allCases {
            for seed in 0..<seeds where FileManager.default.fileExists(atPath: file(arm, seed).path) {
                try FileManager.default.removeItem(at: file(arm, seed))
            }
        }
    }

    private func file(_ arm: RankerArm, _ seed: Int) -> URL {
        folder.appending(path: "scores-\(arm.rawValue)-\(seed).safetensors")
    }
}
