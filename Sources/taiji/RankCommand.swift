import ArgumentParser
import OnlineRanking

struct RankCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rank",
        abstract: "Stage 4: codes, similar users and the rankers that read them (section 2.4).",
        discussion: "Example: taiji rank --config Configs/demo.yaml --run runs/demo")

    @OptionGroup var options: RunOptions

    func run() throws {
        let (run, configuration, progress) = try options.prepare()
        try OnlineRankingStage.perform(in: run, configuration, progress: progress)
    }
}
