public import DataConstruction
import Foundation
import LanguageModels
public import Pipeline
import Torch

/// What each stage of a run will take on this machine, from the operations that its tokens need and the rate
/// of a matrix product. Within a factor of two: short sequences and small batches keep processors less busy.
public struct RunEstimate: Codable, Sendable, Equatable {
    /// One stage.
    public struct Stage: Codable, Sendable, Equatable {
        /// Its command.
        public var name: String
        /// Seconds.
        public var seconds: Double
        /// Memory, in GiB.
        public var gibibytes: Double
    }

    /// The stages in order.
    public var stages: [Stage]
    /// Floating-point operations per second of a matrix product, in billions.
    public var matmulGFLOPS: Double
    /// The same in bfloat16, narrowing included; nil where no stage trains with such products.
    public var bfloat16GFLOPS: Double?

    /// - Parameter report: what the run is made of.
    /// - Throws: an error that names the model where it is not there.
    public init(_ configuration: TaijiConfiguration, _ report: RunReport) throws {
        let cost = try TokenCost(configuration)
        (matmulGFLOPS, bfloat16GFLOPS) = (cost.float32 / 1e9, cost.bfloat16.map { $0 / 1e9 })
        // About four characters a token in English.
        let prompt = Double(report.promptCharacters.median) / 4
        func count(_ role: UserRole) -> Double { Double(report.summary.samples[role.rawValue] ?? 0) }
        let teacher = configuration.construct.teacher
        let chains = count(.activate) * Double(teacher.candidates)
        let length = prompt + Double(teacher.maximumTokens) + 40
        let policy = configuration.collaborate
        let prompts = Double(policy.steps * policy.promptsPerStep)
        let rollouts = prompts * Double(policy.groupSize * policy.maximumTokens)
        let users = Double(report.summary.users * configuration.rank.snapshots)
        let answers = Double(configuration.rank.maximumTokens)
        let impressions = Double(report.summary.periods.map(\.impressions).reduce(0, +))
        // A ranker goes through some ten thousand impressions per second and epoch.
        let ranker = impressions * Double(configuration.rank.ranker.epochs) / 1e4
        // The program, its libraries and the tables; a model that only writes keeps its own type or float32.
        let own = 0.75
        let infer = own + 1.5 * 4 * cost.parameters / 1_073_741_824
        let memory = try StageMemory(configuration, promptTokens: Int(prompt))
        stages = [
            Stage(
                name: "construct",
                seconds: 10 + cost.forward(count(.activate) * prompt)
                    + cost.generate(chains * Double(teacher.maximumTokens)),
                gibibytes: infer),
            Stage(
                name: "activate",
                seconds: cost.forward(chains * length)
                    + cost.train(
                        chains * configuration.activate.thresholdPercentile
                            * Double(configuration.activate.epochs) * length,
                        configuration.activate.productType),
                gibibytes: own + memory.activate),
            Stage(
                name: "collaborate",
                seconds: ranker + cost.forward(prompts * prompt) + cost.generate(rollouts)
                    + 2 * cost.train(prompts * prompt + rollouts, policy.productType),
                gibibytes: own + memory.collaborate),
            Stage(
                name: "rank",
                seconds: cost.forward(users * prompt) + cost.generate(users * answers) + 2 * ranker,
                gibibytes: infer),
            Stage(
                name: "evaluate",
                seconds: 3
                    * (cost.forward(count(.test) * prompt)
                        + cost.generate(count(.test) * Double(configuration.evaluate.maximumTokens))),
                gibibytes: infer),
            Stage(
                name: "experiment",
                seconds: cost.forward(users * prompt) + cost.generate(users * answers) + 8 * ranker,
                gibibytes: infer),
        ]
    }

    /// The stages as a table for a terminal.
    public var text: String {
        let rows = stages.map { stage in
            let time = stage.seconds < 90 ? "\(Int(stage.seconds)) s" : "\(Int(stage.seconds / 60 + 0.5)) min"
            let name = stage.name.padding(toLength: 12, withPad: " ", startingAt: 0)
            return "  \(name) \(time), \(String(format: "%.1f", stage.gibibytes)) GiB"
        }
        let total = stages.map(\.seconds).reduce(0, +)
        let head = "On this machine (\(Int(matmulGFLOPS)) GFLOPS), within a factor of two: "
        return ([head + "\(Int(total / 60 + 0.5)) min in all"] + rows + slowerProducts).map { $0 + "\n" }
            .joined()
    }

    /// What to set where bfloat16 costs time.
    private var slowerProducts: [String] {
        guard let bfloat16GFLOPS, bfloat16GFLOPS < matmulGFLOPS else { return [] }
        return [
            "  products in bfloat16 are slower here (\(Int(bfloat16GFLOPS)) GFLOPS); set "
                + "activate.productType and collaborate.productType to float32"
        ]
    }
}

/// Seconds that the model takes for tokens on this machine.
private struct TokenCost {
    /// Parts of the product's rate that the work reached on two processors with a model of 135 M parameters.
    private static let (prefill, decode, training) = (0.6, 0.25, 0.5)

    /// Of the model.
    let parameters: Double
    /// Operations per second of products in float32.
    let float32: Double
    /// The same in bfloat16; nil where no stage asks for it.
    let bfloat16: Double?

    init(_ configuration: TaijiConfiguration) throws {
        parameters = Double(try ModelLocation.parameterCount(of: configuration.model))
        float32 = try ProductRate.measured()
        let types = [configuration.activate.productType, configuration.collaborate.productType]
        bfloat16 = types.contains(.bfloat16) ? try ProductRate.measured(.bfloat16) : nil
    }

    func forward(_ tokens: Double) -> Double { 2 * parameters * tokens / (float32 * Self.prefill) }

    func generate(_ tokens: Double) -> Double { 2 * parameters * tokens / (float32 * Self.decode) }

    func train(_ tokens: Double, _ type: ProductType) -> Double {
        let rate = type == .bfloat16 ? bfloat16 ?? float32 : float32
        return 6 * parameters * tokens / (rate * Self.training)
    }
}

/// What the stages that train take, in GiB.
private struct StageMemory {
    let activate: Double
    let collaborate: Double

    init(_ configuration: TaijiConfiguration, promptTokens: Int) throws {
        let sizes = try ModelLocation.decoderConfiguration(of: configuration.model)
        func peak(_ adapters: AdapterConfiguration, recomputes: Bool, tokens: Int, sets: Int) throws -> Double
        {
            var step = TrainingMemory.Step(tokens: tokens)
            step.gradientSets = sets
            let method = TrainingMemory.Method(
                adapters: try LowRankConfiguration(adapters), recomputes: recomputes)
            return Double(TrainingMemory(sizes, method, step).peak) / 1_073_741_824
        }
        let tuning = configuration.activate
        let teacher = configuration.construct.teacher
        activate = try peak(
            tuning.adapters, recomputes: tuning.recomputesActivations,
            tokens: max(tuning.microBatchTokens, promptTokens + teacher.maximumTokens + 40), sets: 1)
        let policy = configuration.collaborate
        // A group is never divided.
        let group = promptTokens + policy.groupSize * policy.maximumTokens
        let reference = policy.klCoefficient > 0 ? 2 * Double(sizes.parameterCount) / 1_073_741_824 : 0
        collaborate =
            try reference
            + peak(
                policy.adapters, recomputes: policy.recomputesActivations,
                tokens: max(policy.microBatchTokens, group),
                sets: policy.weighting.method == .popo ? policy.rewards.count + 1 : 1)
    }
}
