import Foundation
import RunFixtures
import TestSupport

/// Everything for a whole run in seconds: a shop of 30 users, a language model of some thousand random
/// weights, small sizes.
enum TinyRun {
    static let settings = """
        threads: 1
        template: chatml
        construct:
          users: 20
          activateUsers: 5
          collaborateUsers: 5
          testUsers: 5
          catalogueSize: 50
          historyLength: 2
          impressionRate: 0.5
          auctionVisits: 20
          teacher: {candidates: 2, maximumTokens: 6, batchSize: 4}
          standIn: promotions
          windows: {languageModel: 2017-07-24, rankerTraining: 2017-09-04, test: 2017-11-13, end: 2018-01-01}
        activate:
          batchSize: 2
          checkpointInterval: 1
          validationSamples: 1
          excludesLeaks: false
        collaborate:
          steps: 2
          promptsPerStep: 2
          groupSize: 2
          maximumTokens: 6
          checkpointInterval: 1
          validation: {samples: 1, interval: 1, bestOf: 2}
          rewardRanker: {epochs: 1, batchSize: 64, historyLength: 5}
        rank:
          maximumTokens: 6
          snapshots: 2
          embedding: both
          batchSize: 8
          codes: {subQuantizers: 4, bits: 1}
          ranker: {epochs: 1, batchSize: 64, historyLength: 5}
          auction: {slots: 3, loggedSlates: 5}
        evaluate:
          maximumTokens: 6
          batchSize: 4
          replicates: 20
          shownUsers: 1

        """

    /// The settings with a mapping in place of the script.
    private static func settings(mapping: String) -> String {
        let own = settings.split(separator: "\n", omittingEmptySubsequences: false)
            .filter { !$0.contains("standIn:") && !$0.contains("windows:") }.joined(separator: "\n")
        return own.replacing("construct:\n", with: "construct:\n\(mapping)")
    }

    /// Writes model, script and configuration into a folder.
    ///
    /// - Parameter mapping: YAML below `construct:` that maps files of the folder, in place of the script.
    /// - Returns: the options of a stage, without the run's folder; the first two are the configuration's.
    static func prepare(in folder: URL, mapping: String? = nil) throws -> [String] {
        let model = folder.appending(path: "model")
        try TinyModelFolder.write(to: model, seed: 3, contextLength: 4096)
        let file = folder.appending(path: "run.yaml")
        if let mapping {
            // Files are found beside the configuration.
            let text = settings(mapping: mapping).replacing("  source:\n", with: "  source:\n    folder: .\n")
            try Data(text.utf8).write(to: file)
            return ["--config", file.path, "--set", "model=\(model.path)"]
        }
        try Data(settings.utf8).write(to: file)
        let script = folder.appending(path: "shop.sql")
        try Data(ShopScript.all.utf8).write(to: script)
        return [
            "--config", file.path, "--set", "model=\(model.path)", "--set",
            "construct.source.script=\(script.path)",
        ]
    }
}
