import Foundation

/// A report as a person reads it.
public struct SourceReportText {
    private let report: SourceReport

    /// A report's text.
    public init(_ report: SourceReport) { self.report = report }

    /// Counts, then faults, then the verdict.
    public var text: String {
        (counts + [""] + faults + [verdict]).map { $0 + "\n" }.joined()
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
                "time         \(counts.first.formatted(.iso8601)) to \(counts.last.formatted(.iso8601))")
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
