import Evaluation
import Pipeline

/// Policy optimization (§2.3.2).
enum PolicyPlots {
    /// Rewards, weights, KL and length, gradients, and what came of the answers.
    static func plots(_ prefix: String, _ metrics: [PolicyMetrics], _ rollouts: [RolloutRecord]) -> [Plot] {
        let steps = metrics.map { Double($0.step) }
        func series(_ name: String, _ value: (PolicyMetrics) -> Double) -> Plot.Series {
            .init(name: name, x: steps, y: metrics.map(value))
        }
        func sources(_ value: (PolicyMetrics) -> [RewardSource: Double]) -> [Plot.Series] {
            RewardSource.allCases.compactMap { source in
                guard metrics.contains(where: { value($0)[source] != nil }) else { return nil }
                return series(source.rawValue) { value($0)[source] ?? .nan }
            }
        }
        var plots = [
            Plot.panels(
                "\(prefix)-rewards", "Mean reward of each step's rollouts",
                "Lines over the steps of policy optimization, one panel a reward.", horizontal: "step",
                sources(\.meanReward).map { ($0.name, [$0]) }),
            .panels(
                "\(prefix)-weights", "Reward weights, Eq. (5), and gradient alignment, Eq. (6)",
                "Lines over the steps: the weight of each reward, and the influence that the weights follow.",
                horizontal: "step",
                [("weight", sources(\.weights))]
                    + (sources(\.alignment).isEmpty ? [] : [("influence I", sources(\.alignment))])),
            .panels(
                "\(prefix)-kl", "KL term and length of the rollouts",
                "Lines over the steps: KL term, mean and longest rollout, share that was cut off.",
                horizontal: "step",
                [
                    ("KL", [series("KL", \.kl)]),
                    (
                        "tokens",
                        [
                            series("mean tokens") { $0.meanTokens },
                            series("most tokens") { Double($0.mostTokens) },
                        ]
                    ),
                    ("cut off", [series("cut off", \.truncatedShare)]),
                ]),
            .panels(
                "\(prefix)-gradients", "Gradient norm, entropy and learning rate", "Lines over the steps.",
                horizontal: "step",
                [
                    (
                        "norm",
                        [series("applied", \.gradientNorm)]
                            + sources(\.gradientNorms).map {
                                .init(name: "of the \($0.name) reward", x: $0.x, y: $0.y)
                            }
                    ),
                    ("entropy, nats", [series("entropy", \.entropy)]),
                    ("learning rate", [series("learning rate", \.learningRate)]),
                ]),
        ]
        if let plane = plane("\(prefix)-plane", rollouts) { plots.append(plane) }
        return plots
    }

    /// Greedy answers to held-out prompts during training; nil where nothing was validated.
    static func validation(_ id: String, _ records: [PolicyValidationRecord]) -> Plot? {
        guard !records.isEmpty else { return nil }
        func lines(_ metrics: [(String, ValidationConfiguration.Metric)]) -> [Plot.Series] {
            metrics.map { name, metric in
                .init(
                    name: name, x: records.map { Double($0.step) },
                    y: records.map { $0.metrics[metric] ?? .nan })
            }
        }
        return .panels(
            id, "Greedy answers to held-out prompts",
            "Lines over the steps: the two objectives, CTCVR by a ranker that pays no reward, hits, and "
                + "form.",
            horizontal: "step",
            [
                ("paid for", lines([("similarity", .similarity), ("collaborative", .collaborative)])),
                ("CTCVR", lines([("CTCVR", .ctcvr)])),
                (
                    "share",
                    lines([
                        ("L1", .categoryL1), ("L2", .categoryL2), ("L3", .categoryL3),
                        ("Hit@50", .titleHitRate50), ("Hit@100", .titleHitRate100),
                    ])
                ),
                ("form", lines([("answered", .answered), ("distinct openings", .distinctOpenings)])),
                ("words", lines([("words", .words)])),
            ])
    }

    /// Every rollout on the plane of the two rewards, with the front.
    private static func plane(_ id: String, _ rollouts: [RolloutRecord]) -> Plot? {
        let earned = rollouts.compactMap { rollout in
            rollout.rewards[.semantic].flatMap { semantic in
                rollout.rewards[.collaborative].map { (rollout, ParetoFront.Point(x: semantic, y: $0)) }
            }
        }
        guard !earned.isEmpty else { return nil }
        let front = ParetoFront(earned.map(\.1)).places.map { earned[$0].1 }.sorted { $0.x < $1.x }
        return Plot(
            id: id, title: "Rollouts on the plane of the two rewards, with the front",
            description:
                "\(earned.count) rollouts by semantic and collaborative reward, shaded by their step; "
                + "\(front.count) of them are on the front.",
            data: [
                [
                    "type": "scatter", "mode": "markers", "name": "rollouts",
                    "x": .numbers(earned.map(\.1.x)),
                    "y": .numbers(earned.map(\.1.y)),
                    "text": .strings(earned.map { "\($0.0.sample), step \($0.0.step)" }),
                    "marker": [
                        "color": .numbers(earned.map { Double($0.0.step) }), "colorscale": "Viridis",
                        "size": 8,
                        "colorbar": ["title": ["text": "step"]],
                    ],
                ],
                [
                    "type": "scatter", "mode": "lines", "name": "front", "x": .numbers(front.map(\.x)),
                    "y": .numbers(front.map(\.y)), "line": ["dash": "dot", "shape": "vh"],
                ],
            ],
            layout: [
                "xaxis": ["title": ["text": "semantic reward, Eq. (3)"]],
                "yaxis": ["title": ["text": "collaborative reward, Eq. (4)"]], "showlegend": false,
                "height": 460,
            ])
    }

    /// Rewards and weights of several arms beside each other, one line an arm.
    static func arms(_ prefix: String, _ arms: [(name: String, metrics: [PolicyMetrics])]) -> [Plot] {
        func lines(_ value: (PolicyMetrics) -> Double?) -> [Plot.Series] {
            arms.map { arm in
                .init(
                    name: arm.name, x: arm.metrics.map { Double($0.step) },
                    y: arm.metrics.map { value($0) ?? .nan })
            }
        }
        return [
            .panels(
                "\(prefix)-arm-rewards", "Mean reward of each step's rollouts, by arm",
                "Lines over the steps of policy optimization, one an arm.", horizontal: "step",
                [
                    ("semantic", lines { $0.meanReward[.semantic] }),
                    ("collaborative", lines { $0.meanReward[.collaborative] }),
                ]),
            .panels(
                "\(prefix)-arm-weights", "Weight of the semantic reward, by arm",
                "Lines over the steps, one an arm; the other reward has the rest.", horizontal: "step",
                [("weight", lines { $0.weights[.semantic] })]),
        ]
    }
}
