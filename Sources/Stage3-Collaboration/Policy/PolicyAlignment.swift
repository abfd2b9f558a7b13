import Catalogue
import LanguageModels
import Pipeline
import RankingModels
import TorchNN

/// Brings together what policy optimization needs from the run: prompts, models, rewards and validation.
struct PolicyAlignment {
    private let run: Run
    private let group: ProcessGroup
    private let configuration: TaijiConfiguration
    private let tables: ConstructedTables
    private let tuned: TunedModel

    init(_ run: Run, _ group: ProcessGroup) throws {
        (self.run, self.group, configuration) = (run, group, run.configuration)
        tables = try run.output(of: Steps.tables)
        tuned = try run.output(of: Steps.tuned)
    }

    func align(into output: AlignedModel) throws {
        let items = try tables.items()
        let collaborate = configuration.collaborate
        let prompts = try tables.samples(.collaborate).map {
            PolicyPrompt(sample: $0, target: AnswerFormat.render(items[Int($0.target)]))
        }
        let heldCount = min(collaborate.validation.samples, prompts.count)
        let held = Array(prompts.suffix(heldCount))
        let encoder = try SentenceEncoder(named: configuration.embedder)
        let environment = try SimulationEnvironment(
            run.output(of: Steps.simulation), TitleIndex(run.output(of: Steps.titles)),
            scale: collaborate.rewardScale)
        let reasoning =
            collaborate.rewards.contains(.reasoning)
            ? ReasoningReward(try tunedModel(), maximumTokens: collaborate.microBatchTokens) : nil
        let rewarder = Rewarder(
            encoder: encoder, environment: environment, collaborate, reasoning: reasoning)
        let policy = try LanguageModel(configuration, checkpoint: tuned.folder)
        if let adapters = try LowRankConfiguration(collaborate.adapters) {
            try policy.decoder.addAdapters(adapters, seed: configuration.stream(.adapters).state)
        }
        let validation =
            held.isEmpty
            ? nil : try validation(held.map(\.sample), items, encoder, environment)
        try POPOLoop(
            policy: policy, reference: try reference(of: policy), configuration: collaborate,
            seed: configuration.stream(.policy).state, group: group,
            reward: { texts, tokens, prompts in
                try rewarder.reward(
                    texts, tokens: tokens, samples: prompts.map(\.sample), targets: prompts.map(\.target))
            }, validate: validation.map { validation in { try validation.metrics($0) } }
        ).run(
            Array(prompts.dropLast(heldCount)), held: held, scale: environment.ranges, into: output,
            progress: run.progress)
    }

    private func validation(
        _ samples: [PromptSample], _ items: [Item], _ encoder: SentenceEncoder,
        _ environment: SimulationEnvironment
    ) throws -> PolicyValidation {
        PolicyValidation(
            scorer: try AnswerScorer(
                samples: samples, items: items, catalogue: tables.catalogue(),
                titles: environment.titles, encoder: encoder,
                ranker: Ranker(run.output(of: Steps.validationRanker).folder, RankingData(tables))),
            environment: environment)
    }

    /// The fine-tuned model, which does not change.
    private func tunedModel() throws -> LanguageModel {
        try LanguageModel(configuration, checkpoint: tuned.folder, precision: .stored)
    }

    /// π_ref: nothing without a KL term, the policy's own weights under adapters, else the fine-tuned model
    /// once more.
    private func reference(of policy: LanguageModel) throws -> Decoder? {
        guard configuration.collaborate.klCoefficient > 0 else { return nil }
        guard configuration.collaborate.adapters.rank == 0 else {
            return try policy.decoder.withoutAdapters()
        }
        return try tunedModel().decoder
    }
}
