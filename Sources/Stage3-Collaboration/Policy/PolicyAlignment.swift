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

    /// What the rewards are made of, and the prompts that they are paid on.
    private struct Parts {
        let training: [PolicyPrompt]
        let held: [PolicyPrompt]
        let environment: SimulationEnvironment
        let rewarder: Rewarder
        let validation: PolicyValidation?
    }

    private func parts() throws -> Parts {
        let items = try tables.items()
        let collaborate = configuration.collaborate
        let prompts = try tables.samples(.collaborate).map {
            PolicyPrompt(sample: $0, target: AnswerFormat.render(items[Int($0.target)]))
        }
        let heldCount = HeldOut.count(collaborate.validation.samples, of: prompts.map(\.sample.user))
        let held = Array(prompts.suffix(heldCount))
        let encoder = try SentenceEncoder(named: configuration.embedder)
        let environment = try SimulationEnvironment(
            run.output(of: Steps.simulation), TitleIndex(run.output(of: Steps.titles)),
            scale: collaborate.rewardScale)
        let reasoning =
            collaborate.rewards.contains(.reasoning)
            ? ReasoningReward(try tunedModel(), maximumTokens: collaborate.microBatchTokens) : nil
        return Parts(
            training: Array(prompts.dropLast(heldCount)), held: held, environment: environment,
            rewarder: Rewarder(
                encoder: encoder, environment: environment, collaborate, reasoning: reasoning),
            validation: held.isEmpty
                ? nil : try validation(held.map(\.sample), items, encoder, environment))
    }

    func align(into output: AlignedModel) throws {
        let collaborate = configuration.collaborate
        let parts = try parts()
        let policy = try LanguageModel(configuration, checkpoint: tuned.folder)
        if let adapters = try LowRankConfiguration(collaborate.adapters) {
            try policy.decoder.addAdapters(adapters, seed: configuration.stream(.adapters).state)
        }
        try POPOLoop(
            policy: policy, reference: try reference(of: policy), configuration: collaborate,
            seed: configuration.stream(.policy).state, group: group,
            reward: { texts, tokens, prompts in
                try parts.rewarder.reward(
                    texts, tokens: tokens, samples: prompts.map(\.sample), targets: prompts.map(\.target))
            }, validate: parts.validation.map { validation in { try validation.metrics($0) } }
        ).run(
            parts.training, held: parts.held, scale: parts.environment.ranges, into: output,
            progress: run.progress)
    }

    /// What choosing among rollouts of the fine-tuned model would earn on the held-out prompts.
    func bestOfN() throws -> BestOfN {
        let parts = try parts()
        guard let validation = parts.validation else {
            throw CollaborationError.samples(found: 0, validation: 0)
        }
        let sampler = RolloutSampler(
            try tunedModel(), configuration.collaborate, seed: configuration.stream(.policy).state,
            group: .alone)
        let count = configuration.collaborate.validation.bestOf
        run.progress.begin("best of \(count) rollouts", total: parts.held.count)
        var rewards: [RewardSource: [[Double]]] = [:]
        var ctcvr: [[Double]] = []
        for (place, prompt) in parts.held.enumerated() {
            let (texts, tokens) = try sampler.texts(count, of: prompt, key: place)
            let earned = try parts.rewarder.reward(
                [texts], tokens: [tokens], samples: [prompt.sample], targets: [prompt.target])[0]
            for source in configuration.collaborate.rewards {
                rewards[source, default: []].append(earned.map { $0.rewards[source] ?? source.minimum })
            }
            ctcvr.append(
                try validation.scorer.ctcvr(ofEntries: earned.map { $0.grounding?.entry }, sample: place))
            run.progress.update(place + 1)
        }
        let counts = sequence(first: 1) { $0 * 2 <= count ? $0 * 2 : nil }
        func mean(_ number: Int, by scores: [[Double]], of values: [[Double]]) -> Double {
            zip(scores, values).reduce(0) { $0 + BestOfN.expected(number, by: $1.0, of: $1.1) }
                / Double(scores.count)
        }
        let rows = counts.flatMap { number in
            configuration.collaborate.rewards.map { chooser in
                let scores = rewards[chooser] ?? []
                return BestOfN.Row(
                    count: number, chooser: chooser,
                    rewards: rewards.mapValues { mean(number, by: scores, of: $0) },
                    ctcvr: mean(number, by: scores, of: ctcvr))
            }
        }
        run.progress.end("\(parts.held.count) held-out prompts")
        return BestOfN(prompts: parts.held.count, rollouts: count, rows: rows)
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
