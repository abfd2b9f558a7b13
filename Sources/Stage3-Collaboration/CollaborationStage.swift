import Catalogue
import Foundation
public import Pipeline
import RankingModels
public import TorchNN

/// Stage 3, LLM-recommendation collaboration (§2.3): the reward ranker, its scores as a simulation
/// environment, and POPO.
public enum CollaborationStage {
    /// Does the stage, or what is left of it.
    ///
    /// - Parameter group: processes that optimize the policy together; the steps before are the first one's
    ///   alone.
    public static func perform(_ run: Run, group: ProcessGroup = .alone) throws {
        try group.makeAlone(Steps.rewardRanker, in: run) { output in
            let training = try RankerTraining(run)
            try training.rewardRanker(spillingTo: output).write(to: output.folder)
        }
        try group.makeAlone(Steps.simulation, in: run) { output in
            try simulate(run).write(to: output)
        }
        if run.needs(Steps.validationRanker) {
            try group.makeAlone(Steps.validationRanker, in: run) { output in
                let training = try RankerTraining(run)
                try training.validationRanker(spillingTo: output).write(to: output.folder)
            }
        }
        if run.needs(Steps.bestOfN) {
            try group.makeAlone(Steps.bestOfN, in: run) { output in
                try output.table.write(PolicyAlignment(run, .alone).bestOfN())
            }
        }
        try group.make(Steps.aligned, in: run) { try PolicyAlignment(run, group).align(into: $0) }
    }

    private static func simulate(_ run: Run) throws -> SimulationEnvironment {
        let tables = try run.output(of: Steps.tables)
        let (catalogue, samples) = (try tables.catalogue(), try tables.samples(.collaborate))
        let ranker = try Ranker(
            run.output(of: Steps.rewardRanker).folder, RankingData(tables))
        let titles = try TitleIndex(run.output(of: Steps.titles))
        run.progress.begin("simulated CTCVR", total: samples.count)
        var scores: [Float] = []
        for (done, sample) in samples.enumerated() {
            scores += try ranker.ctcvr(user: sample.user, items: catalogue.map(\.item), at: sample.time)
                .map(Float.init)
            run.progress.update(done + 1)
        }
        let mean = scores.reduce(0.0) { $0 + Double($1) } / Double(max(1, scores.count))
        run.progress.end(String(format: "%d pairs, mean CTCVR %.5f", scores.count, mean))
        return SimulationEnvironment(samples: samples.map(\.id), scores: scores, titles: titles)
    }
}
