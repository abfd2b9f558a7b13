public import ArgumentParser
import Benchmarks
import CommandOptions
import LanguageModels
public import Pipeline

struct BenchPolicyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "grpo",
        abstract: "A step of policy optimization: rollouts, reference, gradients and AdamW.",
        discussion: """
            Example: taiji-bench grpo --prompts 4 --group 4 --prompt-tokens 482 --completion-tokens 96 \
            --weighting popo
            Rewards are random numbers. gdpo is fixed weights that mix advantages.
            """)

    enum Weighting: String, ExpressibleByArgument, CaseIterable {
        case fixed, popo, gdpo
        case popoLight = "popo-light"
    }

    @Option(help: "N, prompts of a step.")
    var prompts = 4

    @Option(help: "G, rollouts of a prompt.")
    var group = 4

    @Option(help: "Tokens of each prompt.")
    var promptTokens = 482

    @Option(help: "Tokens of each rollout.")
    var completionTokens = 96

    @Option(help: "β of the KL term; 0 holds no reference model.")
    var beta = 0.04

    @Option(help: "How rewards are weighed.")
    var weighting = Weighting.fixed

    @Option(help: "Where weights enter: rewards or advantages.")
    var mixing: RewardMixing?

    @Flag(help: "L_k of Eq. (6) has the KL term (collaborate.weighting.includesKL).")
    var includesKL = false

    @Option(help: "Top layers that Eq. (6) compares; 0 for all parameters (collaborate.weighting.topLayers).")
    var topLayers = 0

    @Option(help: "Most tokens whose forward pass is kept for the update (collaborate.weighting.keptTokens).")
    var keptTokens = WeightingConfiguration().keptTokens

    @Option(help: "Most tokens of the groups that are computed together (collaborate.microBatchTokens).")
    var microBatchTokens = CollaborateConfiguration().microBatchTokens

    @Option(help: "Rank of low-rank adapters; 0 trains all weights.")
    var rank = 0

    @Option(help: "What the weights are rounded to while rollouts are drawn (collaborate.rolloutWeights).")
    var rolloutWeights = GenerationWeights.float32

    @Flag(help: "Give each rollout a copy of its prompt in reference and gradients.")
    var separate = false

    @OptionGroup var options: BenchOptions

    func run() throws {
        var settings = CollaborateConfiguration()
        settings.klCoefficient = beta
        settings.microBatchTokens = microBatchTokens
        settings.rolloutWeights = rolloutWeights
        settings.productType = options.productType
        settings.mixing = mixing ?? (weighting == .gdpo ? .advantages : .rewards)
        settings.weighting.method =
            weighting == .gdpo ? .fixed : .init(rawValue: weighting.rawValue) ?? .fixed
        settings.weighting.includesKL = includesKL
        settings.weighting.topLayers = topLayers
        settings.weighting.keptTokens = keptTokens
        let policy = try options.decoder()
        var reference = beta > 0 && rank == 0 ? try options.decoder() : nil
        if rank > 0 {
            try policy.addAdapters(LowRankConfiguration(rank: rank), seed: 0)
            if beta > 0 { reference = try policy.withoutAdapters() }
        }
        try options.report(
            PolicyBenchmark(
                policy: policy, reference: reference, settings,
                .init(
                    prompts: prompts, group: group, promptTokens: promptTokens,
                    completionTokens: completionTokens),
                sharesPrompts: !separate, seed: options.seed))
    }
}

extension RewardMixing: ExpressibleByArgument {}
extension ProductType: ExpressibleByArgument {}
