import ArgumentParser
import Benchmarks
import CommandOptions
import Foundation
import Pipeline
import VectorSearch

struct BenchFeaturesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "features",
        abstract: "Codes and similar users of many embeddings, in bounded memory; a token is a user.",
        discussion: """
            Example: taiji-bench features --users 1000000 --search ivfpq --warmup 0 --steps 1 --folder features
            Embeddings are random and lie on disk, as those of a run do; the folder keeps what was made of them.
            """)

    @Option(help: "Users.")
    var users = 100_000

    @Option(help: "Width of an embedding.")
    var width = 384

    @Option(help: "exact, hnsw or ivfpq (rank.codes.search).")
    var search = "ivfpq"

    @Option(help: "Where the files go.")
    var folder: String

    @OptionGroup var options: BenchOptions

    func run() throws {
        try options.engine.prepare()
        try VectorSearchRuntime.setThreadCount(options.engine.threads)
        let codes = try ConfigurationReader.read(nil, settings: ["rank.codes.search=\(search)"]).rank.codes
        try options.report(
            FeatureBenchmark(
                users: users, width: width, configuration: codes, in: URL(filePath: folder),
                seed: options.seed))
    }
}
