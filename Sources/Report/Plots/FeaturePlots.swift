import Pipeline

/// User-side features of stage 4 (§2.4).
enum FeaturePlots {
    /// Users by code of every place: an even plane uses its code book well.
    ///
    /// - Parameter utilization: share of used codes of every place, as the run's report has it; with it, the
    ///   size of the code book is known where its last codes are not used.
    static func utilization(
        _ id: String, _ name: String, _ features: [UserFeature], utilization: [Double]
    ) -> Plot {
        let width = features.first?.codes.count ?? 0
        let sizes = utilization.prefix(width).enumerated().map { place, share in
            share > 0 ? Int((Double(Set(features.map { $0.codes[place] }).count) / share).rounded()) : 0
        }
        let codes = max((features.flatMap(\.codes).max() ?? 0) + 1, sizes.max() ?? 0)
        var counts = [[Double]](repeating: [Double](repeating: 0, count: codes), count: width)
        for feature in features {
            for (place, code) in feature.codes.enumerated() { counts[place][code] += 1 }
        }
        let used = counts.map { $0.filter { $0 > 0 }.count }
        return Plot(
            id: id, title: "Use of the code book: \(name)",
            description:
                "Heat map of \(features.count) users by code, one row a place of the codes. Of \(codes) "
                + "codes, "
                + "\(used.min() ?? 0) to \(used.max() ?? 0) are used.",
            data: [
                [
                    "type": "heatmap", "name": "users", "z": .array(counts.map(JSONValue.numbers)),
                    "x": .strings((0..<codes).map { "code \($0)" }),
                    "y": .strings((0..<width).map { "place \($0 + 1)" }), "colorscale": "Viridis",
                    "colorbar": ["title": ["text": "users"]],
                ]
            ],
            layout: [
                "yaxis": ["autorange": "reversed", "automargin": true], "height": .integer(140 + 30 * width),
            ])
    }

    /// How near each user's nearest neighbour is.
    static func similarities(_ id: String, _ features: [UserFeature]) -> Plot {
        Plot(
            id: id, title: "Cosine of each user and the most similar other user",
            description: "Histogram over \(features.count) users.",
            data: [
                [
                    "type": "histogram", "name": "users",
                    "x": .numbers(features.compactMap(\.similarities.first)), "nbinsx": 30,
                ]
            ],
            layout: [
                "xaxis": ["title": ["text": "cosine"]], "yaxis": ["title": ["text": "users"]], "height": 320,
            ])
    }
}
