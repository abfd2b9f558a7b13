public import Foundation
public import Pipeline
import Ranking

/// Making the features of many users of their embeddings: code book, codes, similar users and
/// `features.jsonl`; a token is a user.
public struct FeatureBenchmark: Benchmark {
    /// See `Benchmark`.
    public private(set) var plan: BenchmarkPlan
    private let embeddings: UserEmbeddings
    private let features: UserFeatures
    private let output: UserFeatureFiles

    /// - Parameters:
    ///   - users: how many; their embeddings are random, as `SampleEmbeddings` makes them, and lie in the
    ///     folder.
    ///   - folder: gets the files of the step `features`.
    public init(
        users: Int, width: Int, configuration: CodesConfiguration, in folder: URL, seed: UInt64
    ) throws {
        try BenchmarkError.requirePositive(["users": users, "width": width])
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        output = UserFeatureFiles(folder: folder)
        embeddings = try UserEmbeddings(count: users, width: width, to: output) { append in
            try SampleEmbeddings.forEachBlock(count: users, width: width, seed: seed, append)
        }
        features = UserFeatures(configuration: configuration, neighborCount: 1, seed: seed)
        plan = BenchmarkPlan(
            work: "features", tokensPerStep: users,
            operationsPerStep: 2 * Double(users) * Double(width << configuration.bits),
            matrixShapes: MatrixProductRate.commonShapes)
    }

    /// See `Benchmark`.
    public mutating func step(_ timer: inout PhaseTimer) throws {
        let report = try timer.measure("features") { try features.write(embeddings, to: output) { _ in } }
        plan.details["recallAt1"] = report.recall
        plan.details["meanSimilarity"] = report.meanSimilarity
    }
}
