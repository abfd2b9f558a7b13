import Foundation
import Pipeline

/// Rejection sampling by perplexity (§2.2.1) and fine-tuning (§2.2.2).
enum RefinementPlots {
    /// Histogram of the perplexities of the true answer, Eq. (1), kept and dropped, with the threshold R.
    static func perplexities(_ id: String, _ scores: [ReasoningScore], threshold: Double) -> Plot {
        let values = scores.map { log10($0.perplexity) }
        let (low, high) = (values.min() ?? 0, values.max() ?? 1)
        let count = 30
        let width = max((high - low) / Double(count), 1e-6)
        func bins(_ kept: Bool) -> [Double] {
            var bins = [Double](repeating: 0, count: count)
            for (score, value) in zip(scores, values) where score.isKept == kept {
                bins[min(count - 1, Int((value - low) / width))] += 1
            }
            return bins
        }
        let centres = (0..<count).map { low + (Double($0) + 0.5) * width }
        let traces: [JSONValue] = [(true, "kept"), (false, "dropped")].map { kept, name in
            [
                "type": "bar", "name": .string(name), "x": .numbers(centres), "y": .numbers(bins(kept)),
                "width": .real(width),
                "hovertext": .strings(centres.map { String(format: "perplexity %.2f", pow(10, $0)) }),
            ]
        }
        let ticks = [1.0, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 10000].filter {
            log10($0) >= low - 0.2 && log10($0) <= high + 0.2
        }
        let line = log10(threshold)
        return Plot(
            id: id, title: "Perplexity of the true answer after each chain of thought, Eq. (1)",
            description: String(
                format: "Histogram of %d perplexities on a logarithmic axis; the threshold R is %.2f.",
                scores.count,
                threshold),
            data: traces,
            layout: [
                "barmode": "stack", "bargap": 0,
                "xaxis": [
                    "title": ["text": "perplexity (logarithmic)"],
                    "tickvals": .numbers(ticks.map { log10($0) }),
                    "ticktext": .strings(ticks.map { String(format: "%g", $0) }),
                ],
                "yaxis": ["title": ["text": "chains of thought"]],
                "shapes": [
                    [
                        "type": "line", "x0": .real(line), "x1": .real(line), "yref": "paper", "y0": 0,
                        "y1": 1,
                        "line": ["dash": "dash", "width": 2],
                    ]
                ],
                "annotations": [
                    [
                        "x": .real(line), "y": 1, "yref": "paper", "yanchor": "bottom", "showarrow": false,
                        "text": .string(String(format: "R = %.2f", threshold)),
                    ]
                ],
                "height": 380,
            ])
    }

    /// How many of a prompt's candidates were kept.
    static func keptShare(_ id: String, _ summary: RefinementSummary) -> Plot {
        let counts = summary.promptsByKept
        return Plot(
            id: id, title: "Prompts by the number of their chains of thought that were kept",
            description:
                "\(summary.kept) of \(summary.candidates) chains of thought were kept, \(summary.leaks) "
                + "leaked.",
            data: [
                [
                    "type": "bar", "name": "prompts", "x": .strings(counts.indices.map { "\($0) kept" }),
                    "y": .numbers(counts.map(Double.init)),
                ]
            ],
            layout: ["yaxis": ["title": ["text": "prompts"]], "height": 320])
    }

    /// Loss, gradient norm and rate of fine-tuning.
    static func fineTuning(_ id: String, _ metrics: [FineTuningMetrics]) -> Plot {
        let steps = metrics.map { Double($0.step) }
        return .panels(
            id, "Fine-tuning: loss, gradient norm and learning rate",
            "Lines over the steps of fine-tuning.", horizontal: "step",
            [
                (
                    "loss per token, nats",
                    [.init(name: "loss per token", x: steps, y: metrics.map(\.lossPerToken))]
                ),
                ("gradient norm", [.init(name: "gradient norm", x: steps, y: metrics.map(\.gradientNorm))]),
                ("learning rate", [.init(name: "learning rate", x: steps, y: metrics.map(\.learningRate))]),
            ])
    }
}
