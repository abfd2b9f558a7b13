import LanguageModels
import Pipeline
import Ranking
import RankingModels

/// Features that cost no training, and ceilings that know the future: what the reasoning is compared with.
struct PlaceboFeatures {
    private let run: Run
    private let writer: UserFeatureWriter

    init(_ run: Run) throws {
        self.run = run
        writer = try UserFeatureWriter(run)
    }

    func write(to output: PlaceboFeatureFiles) throws {
        let (data, times) = (writer.data, writer.times)
        let windows = try run.output(of: Steps.tables).summary.read().windows
        let length = run.configuration.construct.historyLength
        func titles(_ items: [Int32]) -> String {
            items.prefix(length).map { data.items[Int($0)].title }.joined(separator: "; ")
        }
        try writer.write(
            answers: run.output(of: Steps.baseReasoning),
            of: { try LanguageModel(run.configuration, precision: .stored) }, to: output.baseModel,
            title: "embeddings of the base model's output")
        try writer.write(to: output.history, title: "embeddings of raw histories") { user, snapshot in
            titles(data.recentItems(of: user, before: times[snapshot], atMost: length))
        }
        let vectors = PurchaseVectors(
            data, before: windows.rankerTraining,
            widthMultipleOf: run.configuration.rank.codes.subQuantizers)
        try writer.write(to: output.purchases, title: "purchase vectors", width: vectors.width) {
            vectors.vector(of: $0, before: times[$1])
        }
        // Ceilings: what follows the snapshot.
        let ends = times.dropFirst() + [windows.end]
        try writer.write(to: output.nextPurchases, title: "purchases that follow", width: vectors.width) {
            vectors.vector(of: $0, from: times[$1], before: ends[ends.startIndex + $1])
        }
        try writer.write(to: output.nextVisit, title: "embeddings of the next visit") { user, snapshot in
            titles(data.nextVisit(of: user, from: times[snapshot]))
        }
    }
}
