import Foundation
import Pipeline
import RankingExperiment
import Results

/// A replay's result as a table.
public enum ReplayTable {
    /// Plain text.
    public static func text(_ result: Replay.Result) throws -> String {
        var table = TextTable(
            title: "Test window replayed to a service: what fresh features are worth",
            columns: [
                "arm", "CTCVR AUC", "conversions", "advertiser value", "lift of value", "lift of revenue",
            ])
        for arm in result.arms {
            try table.append([
                arm.name, arm.auc.map { fixed($0, 4) } ?? "–",
                arm.outcome.map { "\($0.conversions)" } ?? "–",
                arm.outcome.map { fixed($0.advertiserValue, 2) } ?? "–",
                arm.outcome?.advertiserLift?.formattedPercent(digits: 1) ?? "–",
                arm.outcome?.revenueLift?.formattedPercent(digits: 1) ?? "–",
            ])
        }
        var lines = [table.plainText]
        lines.append(
            "\(result.events) behaviours and \(result.visits) visits, "
                + "\(fixed(100 * result.freshShare, 0)) % of them ranked with features that had seen all "
                + "before; "
                + "\(fixed(result.speedUp, 0)) times as fast as it was.")
        if let mean = result.meanWaitSeconds, let most = result.maximumWaitSeconds {
            lines.append("Waited for features \(fixed(mean, 1)) s on average, \(fixed(most, 1)) s at most.")
        }
        return lines.joined(separator: "\n")
    }
}
