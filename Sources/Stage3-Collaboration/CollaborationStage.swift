import Foundation
import LanguageModels
public import Pipeline
import RankingModels
public import TorchNN

/// Stage 3, LLM-recommendation collaboration (§2.3): the baseline ranker, its scores as a simulation
/// environment, and POPO.
///
/// Reads `1-construct` and `2-activate`; writes `3-collaborate/baseline`, `/simulation`, `/validation-ranker` where prompts are
/// held out, and `/checkpoint`.
public enum CollaborationStage {
    private static let sftStep = "2-activate/checkpoint"

    /// Does the stage, or what is left of it.
    ///
    /// - Parameter group: processes that optimize the policy together; the steps before are the first one's alone.
    public static func perform(
        in run: RunDirectory, _ configuration: TaijiConfiguration, group: ProcessGroup = .alone,
        progress: RunProgress
    ) throws {
        let tables = try ConstructedTables(run)
        let shared = [
            "tables": try run.fingerprint(ConstructedFiles.tablesStep), "seed": "\(configuration.seed)",
            "threads": "\(configuration.threads)",
        ]
        let collaborate = configuration.collaborate
        let baseline = try shared.adding(
            "configuration 'collaborate.ranker'", Fingerprint.of(collaborate.ranker)
        ).adding(configuration.features)
        try group.performAlone(SimulationFiles.baselineStep, in: run, inputs: baseline) { folder in
            try trainBaseline(tables, configuration, scratch: folder, progress).write(to: folder)
        }
        let simulation = try shared.adding("baseline", run.fingerprint(SimulationFiles.baselineStep))
            .adding("embedder", ModelLocation.fingerprint(of: configuration.embedder))
        try group.performAlone(SimulationFiles.simulationStep, in: run, inputs: simulation) { folder in
            try simulate(run, tables, configuration, progress).write(to: folder)
        }
        if collaborate.validation.samples > 0 {
            try group.performAlone(SimulationFiles.validationStep, in: run, inputs: baseline) { folder in
                try trainValidationRanker(tables, configuration, scratch: folder, progress).write(to: folder)
            }
        }
        let policy = try shared.adding("simulation", run.fingerprint(SimulationFiles.simulationStep))
            .adding("fine-tuned model", run.fingerprint(sftStep))
            .adding("configuration 'collaborate'", Fingerprint.of(collaborate))
        try group.perform(SimulationFiles.checkpointStep, in: run, inputs: policy) { folder in
            try optimize(run, tables, configuration, group, into: folder, progress)
        }
    }

    private static func data(_ tables: ConstructedTables) throws -> RankingData {
        let (users, items) = (try tables.users(), try tables.items())
        return RankingData(users: users, items: items, events: try tables.events(users: users, items: items))
    }

    private static func trainBaseline(
        _ tables: ConstructedTables, _ configuration: TaijiConfiguration, scratch folder: URL,
        _ progress: RunProgress
    ) throws -> Ranker {
        let data = try data(tables)
        return try train(
            ImpressionFile(tables.impressions, data, periods: [.rewardTraining]), data, configuration,
            seed: SeededGenerator(seed: UInt64(configuration.seed), path: 3, 0).state,
            title: "reward ranker", scratch: folder, progress)
    }

    private static func train(
        _ impressions: ImpressionFile, _ data: RankingData, _ configuration: TaijiConfiguration,
        seed: UInt64, title: String, scratch folder: URL, _ progress: RunProgress
    ) throws -> Ranker {
        let trainer = RankerTrainer(
            data, configuration: configuration.collaborate.ranker,
            samplingRate: configuration.construct.impressionRate, schema: configuration.features, seed: seed)
        return try trainer.train(
            trainer.samples(impressions, title: title, spillingTo: folder), title: title, progress: progress)
    }

    private static func simulate(
        _ run: RunDirectory, _ tables: ConstructedTables, _ configuration: TaijiConfiguration,
        _ progress: RunProgress
    ) throws -> SimulatedScores {
        let ranker = try Ranker(run.folder(SimulationFiles.baselineStep), data(tables))
        let encoder = try SentenceEncoder(named: configuration.embedder)
        let catalogue = try tables.catalogue()
        progress.begin("catalogue embeddings", total: catalogue.count)
        let titles = try encoder.embed(catalogue.map(\.title)) { progress.update($0) }
        progress.end("\(catalogue.count) titles")
        let samples = try tables.samples(.collaborate)
        progress.begin("simulated CTCVR", total: samples.count)
        var scores: [Float] = []
        for (done, sample) in samples.enumerated() {
            scores += try ranker.ctcvr(user: sample.user, items: catalogue.map(\.item), at: sample.time)
                .map(Float.init)
            progress.update(done + 1)
        }
        let mean = scores.reduce(0.0) { $0 + Double($1) } / Double(max(1, scores.count))
        progress.end(String(format: "%d pairs, mean CTCVR %.5f", scores.count, mean))
        return SimulatedScores(
            samples: samples.map(\.id),
            environment: SimulationEnvironment(
                samples: samples.map(\.id), scores: scores,
                catalogue: CatalogueEmbeddings(values: titles, width: encoder.width)))
    }

    private static func trainValidationRanker(
        _ tables: ConstructedTables, _ configuration: TaijiConfiguration, scratch folder: URL,
        _ progress: RunProgress
    ) throws -> Ranker {
        let data = try data(tables)
        // Another time than the reward ranker's, and other users than those whose answers are measured.
        let measured = Set(data.users.indices.filter { data.users[$0].role == .collaborate })
        let impressions = ImpressionFile(tables.impressions, data, periods: [.languageModel]) {
            !measured.contains(Int($0.user))
        }
        return try train(
            impressions, data, configuration,
            seed: SeededGenerator(seed: UInt64(configuration.seed), path: 3, 2).state,
            title: "validation ranker", scratch: folder, progress)
    }

    private static func optimize(
        _ run: RunDirectory, _ tables: ConstructedTables, _ configuration: TaijiConfiguration,
        _ group: ProcessGroup, into folder: URL, _ progress: RunProgress
    ) throws {
        let items = try tables.items()
        let collaborate = configuration.collaborate
        let samples = try tables.samples(.collaborate)
        let heldCount = min(collaborate.validation.samples, samples.count)
        let prompts = samples.map {
            PolicyPrompt(sample: $0, target: AnswerFormat.render(items[Int($0.target)]))
        }
        let held = Array(prompts.suffix(heldCount))
        let encoder = try SentenceEncoder(named: configuration.embedder)
        let environment = try SimulationEnvironment(run.folder(SimulationFiles.simulationStep))
        let rewarder = Rewarder(encoder: encoder, environment: environment, collaborate)
        let policy = try LanguageModel(configuration, checkpoint: run.folder(sftStep))
        let seed = SeededGenerator(seed: UInt64(configuration.seed), path: 3, 1)
        if let adapters = try LowRankConfiguration(collaborate.adapters) {
            try policy.decoder.addAdapters(
                adapters, seed: SeededGenerator(seed: UInt64(configuration.seed), path: 3, 3).state)
        }
        let validation =
            held.isEmpty
            ? nil
            : PolicyValidation(
                samples: held.map(\.sample), items: items, catalogue: try tables.catalogue(),
                encoder: encoder, embeddings: environment.catalogue,
                ranker: try Ranker(run.folder(SimulationFiles.validationStep), data(tables)))
        try PolicyOptimization(
            policy: policy,
            reference: try reference(of: policy, configuration, checkpoint: run.folder(sftStep)),
            configuration: collaborate, seed: seed.state, group: group,
            reward: { texts, tokens, prompts in
                try rewarder.reward(
                    texts, tokens: tokens, samples: prompts.map(\.sample), targets: prompts.map(\.target))
            }, validate: validation.map { validation in { try validation.metrics($0) } }
        ).run(
            Array(prompts.dropLast(heldCount)), held: held, scale: environment.ranges, into: folder,
            progress: progress)
    }

    /// π_ref: nothing without a KL term, the policy's own weights under adapters, else the fine-tuned model once more.
    private static func reference(
        of policy: LanguageModel, _ configuration: TaijiConfiguration, checkpoint: URL
    ) throws -> Decoder? {
        guard configuration.collaborate.klCoefficient > 0 else { return nil }
        guard configuration.collaborate.adapters.rank == 0 else {
            return try policy.decoder.withoutAdapters()
        }
        return try LanguageModel(configuration, checkpoint: checkpoint, precision: .stored).decoder
    }
}

/// A simulation environment with the samples that it was made for.
private struct SimulatedScores {
    let samples: [String]
    let environment: SimulationEnvironment

    func write(to folder: URL) throws { try environment.write(samples: samples, to: folder) }
}
