import ArgumentParser
import Foundation
import Pipeline
import Ranking

struct RankCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rank",
        abstract: "Stage 4: codes, similar users and the enhanced ranker that reads them (section 2.4).",
        discussion: """
            Example: taiji rank --config Configs/demo.yaml --run runs/demo
            On many machines: taiji rank --run runs/demo --config Configs/demo.yaml --shard 3/16 makes the
                reasoning of \
            every 16th user as Parquet, with --shard auto as a task of a Slurm array or of a Kubernetes
                indexed job. \
            Once all parts are there, `taiji rank` goes on from them.
            """)

    @OptionGroup var options: RunOptions

    @Option(help: "Only the reasoning of a part of the users: i/n from 0/n on, or auto.")
    var shard: String?

    func run() throws {
        if let shard {
            // Parts are made side by side, so none of them locks the run.
            let file = try ReasoningShards(options.prepare(locks: false)).write(Shard(shard))
            print(file.path)
            return
        }
        try RankingStage.perform(options.prepare(searches: true))
    }
}
