import Foundation
import Pipeline

/// A report as a person reads it.
public struct SourceReportText {
    private let report: SourceReport
    private let estimate: String

    /// - Parameter estimate: what a run will take; stands after what it is made of.
    public init(_ report: SourceReport, estimate: String = "") {
        self.report = report
        self.estimate = estimate
    }

    /// Counts, then faults, then the verdict.
    public var text: String {
        (counts + run + (estimate.isEmpty ? [] : ["", String(estimate.dropLast())]) + [""] + faults + [
            verdict
        ]).map { $0 + "\n" }.joined()
    }

    private var counts: [String] {
        let counts = report.counts
        var lines = [
            line("users", counts.users, "\(counts.usersSeen) with an event"),
            line("items", counts.items, "\(counts.itemsSeen) with an event"),
            line(
                "events", counts.events,
                "\(counts.purchases) purchases, \(counts.views) views, \(counts.eventClicks) clicks"),
        ]
        if counts.impressions > 0 {
            lines.append(
                line(
                    "impressions", counts.impressions,
                    "\(counts.clicks) clicks (\(share(counts.clicks, counts.impressions))), "
                        + "\(counts.conversions) conversions "
                        + "(\(share(counts.conversions, counts.impressions)))"
                ))
        }
        if counts.events > 0 {
            lines.append(
                "time         \(counts.first.formatted(.iso8601)) to \(counts.last.formatted(.iso8601))"
                    + (counts.longestGapDays > 1 ? "; \(counts.longestGapDays) days without events" : ""))
            if counts.duplicateEvents > 0 {
                lines.append(
                    line("duplicates", counts.duplicateEvents, "events of one user, item, time and kind"))
            }
        }
        let missing = [
            ("title", counts.itemsWithoutTitle), ("category", counts.itemsWithoutCategory),
            ("price", counts.itemsWithoutPrice),
        ].filter { $0.1 > 0 }
        if !missing.isEmpty {
            lines.append(
                "text         items without "
                    + missing.map { "\($0.0): \($0.1)" }.joined(separator: ", "))
        }
        return lines
    }

    private var run: [String] {
        guard let run = report.run else { return [] }
        let summary = run.summary
        let samples = UserRole.allCases.compactMap { role in
            summary.samples[role.rawValue].map { "\($0) \(role.rawValue)" }
        }
        let windows = summary.periods.map { period in
            "  \(period.period.rawValue.padding(toLength: 16, withPad: " ", startingAt: 0)) "
                + "\(period.impressions) impressions, \(period.clicks) clicks "
                + "(\(share(period.clicks, period.impressions))), \(period.conversions) conversions "
                + "(\(share(period.conversions, period.impressions)))"
        }
        let length = run.promptCharacters
        return [
            "",
            "A run: \(summary.users) users, \(summary.items) items, \(summary.catalogue) titles; samples: "
                + samples.joined(separator: ", "), "  " + summary.impressions.caption,
        ] + windows + [
            "  prompts: \(length.median) characters in the middle, \(length.ninetieth) at the 90th "
                + "percentile, "
                + "\(length.maximum) at most"
        ] + run.examples.map { "\n  " + $0.replacing("\n", with: "\n  ") }
    }

    private func line(_ name: String, _ count: Int, _ detail: String) -> String {
        "\(name.padding(toLength: 12, withPad: " ", startingAt: 0)) \(count) (\(detail))"
    }

    private func share(_ part: Int, _ whole: Int) -> String {
        String(format: "%.2f %%", 100 * Double(part) / Double(whole))
    }

    private var faults: [String] { report.faults.map(\.description) }

    private var verdict: String {
        let errors = report.faults.count { $0.severity == .error }
        let warnings = report.faults.count - errors
        if errors > 0 {
            return "\(errors) errors, \(warnings) warnings: a run would stop or be worth nothing"
        }
        return warnings > 0 ? "no errors, \(warnings) warnings" : "no faults"
    }
}
