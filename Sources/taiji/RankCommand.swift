import ArgumentParser
import Ranking

struct RankCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rank",
        abstract: "Stage 4: codes, similar users and the enhanced ranker that reads them (section 2.4).",
        discussion: "Example: taiji rank --config Configs/demo.yaml --run runs/demo")

    @OptionGroup var options: RunOptions

    func run() throws {
        try RankingStage.perform(options.prepare())
    }
}
