import ArgumentParser
import Benchmarks
import CommandOptions
import Foundation
import VectorSearch

/// Flags of the benchmarks over vectors.
struct VectorOptions: ParsableArguments {
    @Option(help: "Vectors.")
    var vectors = 100_000

    @Option(help: "Width of a vector.")
    var width = 384

    @Option(help: "Write the vectors into this file as raw float32, for another program.")
    var write: String?

    /// Random vectors, with libtorch and FAISS prepared.
    func make(_ options: BenchOptions) throws -> [Float] {
        try options.engine.prepare()
        try VectorSearchRuntime.setThreadCount(options.engine.threads)
        let made = try SampleEmbeddings.make(count: vectors, width: width, seed: options.seed)
        if let write { try SampleEmbeddings.write(made, to: URL(filePath: write)) }
        return made
    }
}

struct BenchQuantizingCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pq", abstract: "Product-quantizing vectors; a token is a vector.",
        discussion: "Example: taiji-bench pq --vectors 1000000 --sub-quantizers 8 --bits 8 --steps 3")

    @OptionGroup var sizes: VectorOptions

    @Option(help: "M, ids a vector becomes.")
    var subQuantizers = 8

    @Option(help: "Bits of one id.")
    var bits = 8

    @OptionGroup var options: BenchOptions

    func run() throws {
        try options.report(
            QuantizingBenchmark(
                sizes.make(options), width: sizes.width,
                configuration: QuantizerConfiguration(
                    subquantizerCount: subQuantizers, bits: bits, seed: 1)))
    }
}

struct BenchRetrievalCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retrieve", abstract: "Searching the nearest vectors of some; a token is a query.",
        discussion: "Example: taiji-bench retrieve --vectors 1000000 --queries 10000 --method ivfpq --steps 3"
    )

    @OptionGroup var sizes: VectorOptions

    @Option(help: "Queries.")
    var queries = 10_000

    @Option(help: "exact, hnsw or ivfpq.")
    var method = "ivfpq"

    @OptionGroup var options: BenchOptions

    func run() throws {
        guard let method = RetrievalMethod(rawValue: method) else {
            throw ValidationError("'\(method)' is no method; expected exact, hnsw or ivfpq")
        }
        try options.report(
            RetrievalBenchmark(
                sizes.make(options), width: sizes.width, queryCount: queries, method: method))
    }
}

struct BenchLiveCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "live",
        abstract: "Similar users while they change, as the service searches them; a token is a user.",
        discussion: "Example: taiji-bench live --vectors 1000000 --queries 100 --steps 3")

    @OptionGroup var sizes: VectorOptions

    @Option(help: "Users that are replaced in a step.")
    var queries = 100

    @OptionGroup var options: BenchOptions

    func run() throws {
        try options.engine.prepare()
        try VectorSearchRuntime.setThreadCount(options.engine.threads)
        try options.report(
            LiveIndexBenchmark(
                count: sizes.vectors, width: sizes.width, queries: queries, seed: options.seed))
    }
}
