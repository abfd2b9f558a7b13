import ArgumentParser
import Benchmarks
import CommandOptions
import Foundation
import Pipeline

struct BenchRankCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rank",
        abstract:
            "An epoch of training a ranker, then scoring one user's candidates; a token is an impression.",
        discussion: """
            Example: taiji-bench rank --pooling din --history 50 --batch 1024 --steps 3
            Logs are random, 100 purchases a user, or a run's: taiji-bench rank --logs runs/demo --batch 512. details has the
            milliseconds that scoring takes and, of a run, AUC on its test window.
            """)

    @Option(help: "Impressions of an optimizer step.")
    var batch = 1024

    @Option(help: "Optimizer steps of an epoch.")
    var batches = 20

    @Option(help: "Behaviours of a user's history.")
    var history = 50

    @Option(help: "Width of one embedding.")
    var width = 16

    @Option(help: "mean, attention, din or transformer (rank.ranker.network.pooling).")
    var pooling = "din"

    @Option(help: "separate, sharedBottom, mmoe or ple (rank.ranker.network.towers).")
    var towers = "separate"

    @Option(help: "Users of the random logs.")
    var users = 10_000

    @Option(help: "Items of the random logs.")
    var items = 20_000

    @Option(help: "Items that are scored at once.")
    var candidates = 1000

    @Option(help: "Train on the logs of this run instead of random ones, and measure AUC on its test window.")
    var logs: String?

    @Option(help: "Peak learning rate (rank.ranker.learningRate).")
    var learningRate = 2e-3

    @Option(
        help:
            "A value that training saw less often shares its field's unknown row (rank.ranker.network.minimumCount)."
    )
    var minimumCount = 1

    @Option(help: "Write what the steps train on into this safetensors file, for another program.")
    var features: String?

    @OptionGroup var options: BenchOptions

    func run() throws {
        try options.engine.prepare()
        let settings = [
            "rank.ranker.batchSize=\(batch)", "rank.ranker.historyLength=\(history)",
            "rank.ranker.epochs=\(options.warmup + options.steps)",
            "rank.ranker.network.embeddingWidth=\(width)",
            "rank.ranker.network.pooling=\(pooling)", "rank.ranker.network.towers=\(towers)",
            "rank.ranker.network.attentionWidth=36",
            "rank.ranker.network.minimumCount=\(minimumCount)", "rank.ranker.learningRate=\(learningRate)",
        ]
        let configuration = try ConfigurationReader.read(nil, settings: settings).rank.ranker
        let world =
            try logs.map { try RankingWorld(of: RunDirectory(URL(filePath: $0))) }
            ?? .random(
                users: users, items: items, behaviors: 100, impressions: batch * batches, seed: options.seed)
        let work = try RankingBenchmark(
            world, configuration: configuration, candidates: candidates, seed: options.seed)
        if let features { try work.writeFeatures(to: URL(filePath: features)) }
        try options.report(work)
    }
}
