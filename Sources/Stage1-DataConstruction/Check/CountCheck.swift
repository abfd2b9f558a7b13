import Foundation
import Pipeline

/// Faults that no single row shows: relations without rows, labels of one class, too short a time.
struct CountCheck {
    private let counts: SourceCounts
    private let source: SourceConfiguration

    init(_ counts: SourceCounts, _ source: SourceConfiguration) {
        (self.counts, self.source) = (counts, source)
    }

    var faults: [SourceFault] { targets + span + labels + texts }

    private func fault(
        _ severity: SourceFault.Severity, _ code: String, _ reason: String, _ remedy: String
    ) -> SourceFault {
        SourceFault(
            severity: severity, code: code, file: nil, row: nil, column: nil, value: nil, rows: 0,
            reason: reason, remedy: remedy)
    }

    private var targets: [SourceFault] {
        guard counts.events > 0 else {
            return [
                fault(
                    .error, "noEvents", "the files have no event that can be used",
                    "map files with rows in construct.source.events or construct.source.impressions")
            ]
        }
        guard counts.purchases == 0 else { return [] }
        guard counts.eventClicks == 0 else {
            return [
                fault(
                    .warning, "noConversions",
                    "there is no purchase and no conversion: clicks are what is predicted, and CVR is not "
                        + "learnt",
                    "map the column of conversions, or a file of purchases, if there is one")
            ]
        }
        return [
            fault(
                .error, "noPurchases",
                "none of the \(counts.events) events is a purchase: there is nothing to predict",
                "set `kinds` in construct.source.events so that what is to be predicted is a purchase")
        ]
    }

    private var span: [SourceFault] {
        let seconds = counts.last.timeIntervalSince(counts.first)
        guard counts.events > 0, seconds < 86_400 else { return [] }
        return [
            fault(
                .error, "shortSpan",
                "all events lie within \(Int(seconds / 60)) minutes, from "
                    + "\(counts.first.formatted(.iso8601)) to \(counts.last.formatted(.iso8601)): the "
                    + "windows "
                    + "of construct.windows cannot be made",
                "bring the logs of several days, or set `unit` in construct.source.events if times were "
                    + "more apart")
        ]
    }

    private var labels: [SourceFault] {
        guard !source.impressions.files.isEmpty, counts.impressions > 0 else { return [] }
        var faults: [SourceFault] = []
        if counts.clicks == 0 || counts.clicks == counts.impressions {
            faults.append(
                fault(
                    .error, "oneClass",
                    "\(counts.clicks) of \(counts.impressions) impressions have a click: there is nothing "
                        + "to learn",
                    "set `click` in construct.source.impressions to the column of clicks"))
        }
        if !source.impressions.conversion.isEmpty, counts.conversions == 0 {
            faults.append(
                fault(
                    .error, "oneClass",
                    "none of \(counts.impressions) impressions has a conversion",
                    "set `conversion` in construct.source.impressions to the column of conversions, or to "
                        + "nothing"
                ))
        }
        return faults
    }

    private var texts: [SourceFault] {
        guard !source.items.title.isEmpty else {
            return [
                fault(
                    .warning, "fewTitles",
                    "no column of titles is mapped, so that items are called by their ids: the language "
                        + "model has "
                        + "nothing to read",
                    "set `title` in construct.source.items to a column with words, if there is one")
            ]
        }
        guard counts.items > 0, counts.itemsWithoutTitle * 10 > counts.items else { return [] }
        return [
            fault(
                .warning, "fewTitles",
                "\(counts.itemsWithoutTitle) of \(counts.items) items have no title, which is what the "
                    + "language "
                    + "model reads and predicts",
                "set `title` in construct.source.items to a column with words")
        ]
    }
}
