import Catalogue
import Evaluation
import Pipeline
import Results

extension Reproduction {
    /// Table 1.
    func answersSection() throws -> ResultSection {
        let (base, own) = (try pooled(.base), try pooledHeuristics())
        let arms = try [ReproductionArm.orft, .popoLight, .popo].map(pooled)
        var section = ResultSection(
            title: "Table 1: answers of \(base.values(.ctcvr).count) test users, \(Self.counted(seeds))")
        section.tables = [
            try means([base] + arms + own),
            try differences(arms.map { ($0, base) }, "Differences to the base model"),
            try differences(
                [(arms[1], arms[0]), (arms[2], arms[0]), (arms[2], arms[1])] + own.map { (arms[2], $0) },
                "Differences between alignment methods, and to the heuristic baselines"),
            try spread([base] + arms + own),
            try paper([
                "DeepSeek-R1-7B (base)", "QwQ-32B (teacher)", "ORFT", "ORFT + POPO-light", "ORFT + POPO",
            ]),
        ]
        section.intervals =
            try meanFigures([base] + arms + own)
            + differenceFigures(
                arms.map { ($0, base) } + [(arms[1], arms[0]), (arms[2], arms[0])]
                    + own.map { (arms[2], $0) },
                "Differences on the same users")
        section.notes = try verdicts(arms.map { ($0, base) } + [(arms[1], arms[0]), (arms[2], arms[0])])
        section.notes.append(
            "The teacher is the base model itself: SmolLM2-135M is what fits here, so its row is the base "
                + "model's."
        )
        return section
    }

    /// Table 3.
    func activationSection() throws -> ResultSection {
        let (without, with) = (try pooled(.withoutRUPR), try pooled(.orft))
        var section = ResultSection(title: "Table 3: with and without RUPR, \(Self.counted(seeds))")
        var format = TextTable(
            title: "Form of the answers", columns: ["", "think tag", "think not empty", "answer not empty"])
        let rates: [(FormatRates) -> Double] = [\.thinkTagPresence, \.thinkNonEmpty, \.answerNonEmpty]
        for row in [without, with] {
            try format.append([row.name] + rates.map { row.formatRate($0).map { fixed($0, 3) } ?? "–" })
        }
        for (name, values) in PaperFigures.format {
            try format.append(["paper: \(name)"] + values.map { fixed($0, 3) })
        }
        section.tables = [
            format, try means([without, with]), try differences([(with, without)], "What RUPR adds"),
            try spread([without, with]), try paper(["ORFT without RUPR", "ORFT"]),
        ]
        section.intervals =
            try meanFigures([without, with]) + differenceFigures([(with, without)], "What RUPR adds")
        section.notes = try verdicts([(with, without)])
        return section
    }

    /// Table 4, with GDPO, which the paper lacks.
    func alignmentSection() throws -> ResultSection {
        let grpo = try pooled(.grpo)
        let others = try [ReproductionArm.gdpo, .popoLight, .popo].map(pooled)
        var section = ResultSection(title: "Table 4: reward weights, \(Self.counted(seeds))")
        section.tables = [
            try means([grpo] + others),
            try differences(others.map { ($0, grpo) }, "Differences to fixed weights 0.5 / 0.5"),
            try spread([grpo] + others),
            try paper(["ORFT + GRPO, 0.5 / 0.5", "ORFT + POPO-light", "ORFT + POPO"]),
        ]
        section.intervals =
            try meanFigures([grpo] + others)
            + differenceFigures(others.map { ($0, grpo) }, "Differences to fixed weights 0.5 / 0.5")
        section.notes = try verdicts(others.map { ($0, grpo) })
        return section
    }

    /// What else was tried: one thing changed at a time, on the first seed.
    func variationsSection() throws -> ResultSection {
        let (orft, popo) = (try first(.orft), try first(.popo))
        let changed = try Variation.allCases.map { try first(.changed($0)) }
        let own = HeuristicBaselines.ownMostFrequent
        let free = PooledAnswers(
            name: own, seeds: try seeds[0].heuristicRows().filter { $0.name == own })
        var section = ResultSection(
            title: "What else was tried, seed \(seeds[0].seed) alone (not in the paper)")
        section.tables = [
            try means([orft, popo] + changed + [free]),
            try differences(changed.map { ($0, popo) }, "Differences to POPO"),
            try changedRankers([.popo] + Variation.allCases.map { .changed($0) }),
        ]
        section.intervals =
            try meanFigures([orft, popo] + changed + [free])
            + differenceFigures(changed.map { ($0, popo) }, "Differences to POPO")
        section.notes = try verdicts(changed.map { ($0, popo) })
        return section
    }

    /// Means with their intervals over the pooled test users.
    func means(_ rows: [PooledAnswers]) throws -> TextTable {
        let metrics = metrics(of: rows)
        var table = TextTable(title: "Means", columns: [""] + metrics.map(\.name))
        for row in rows {
            try table.append(
                [row.name]
                    + metrics.map { try bootstrap.mean(of: row.values($0)).formatted(digits: $0.digits) })
        }
        return table
    }

    private func differences(
        _ pairs: [(PooledAnswers, PooledAnswers)], _ title: String
    ) throws -> TextTable {
        let metrics = metrics(of: pairs.map(\.0))
        var table = TextTable(title: title, columns: [""] + metrics.map(\.name))
        for (row, reference) in pairs {
            try table.append(
                ["\(row.name) − \(reference.name)"]
                    + metrics.map {
                        try bootstrap.meanDifference(of: row.values($0), minus: reference.values($0))
                            .formatted(digits: $0.digits)
                    })
        }
        return table
    }

    /// The mean of each seed, so that what the seed decides shows.
    private func spread(_ rows: [PooledAnswers]) throws -> TextTable {
        let metrics = metrics(of: rows)
        var table = TextTable(title: "Seed by seed", columns: [""] + metrics.map(\.name))
        for row in rows {
            try table.append(
                [row.name]
                    + metrics.map { metric in
                        row.means(metric).map { fixed($0, metric.digits) }.joined(separator: " / ")
                    })
        }
        return table
    }

    private func paper(_ names: [String]) throws -> TextTable {
        var table = TextTable(
            title: "The paper's own figures", columns: [""] + AnswerMetric.table([50, 100]).map(\.name))
        for row in PaperFigures.answers where names.contains(row.name) {
            try table.append([row.name] + row.values.map { $0.map { fixed($0, 4) } ?? "–" })
        }
        return table
    }

    /// For each pair, in which columns the first row is larger, smaller or indistinguishable from noise; the
    /// paper has it larger. The interval is that of the users: in how many seeds the difference has its sign
    /// says what it does not hold.
    private func verdicts(_ pairs: [(PooledAnswers, PooledAnswers)]) throws -> [String] {
        try pairs.map { row, reference in
            var (larger, smaller, unclear): ([String], [String], [String]) = ([], [], [])
            for metric in metrics(of: [row]) {
                let interval = try bootstrap.meanDifference(
                    of: row.values(metric), minus: reference.values(metric))
                let seeds = zip(row.means(metric), reference.means(metric)).map { $0 - $1 }
                if interval.lower > 0 {
                    larger.append("\(metric.name) (\(seeds.count { $0 > 0 }) of \(Self.counted(seeds)))")
                } else if interval.upper < 0 {
                    smaller.append("\(metric.name) (\(seeds.count { $0 < 0 }) of \(Self.counted(seeds)))")
                } else {
                    unclear.append(metric.name)
                }
            }
            let parts = [("larger", larger), ("smaller", smaller), ("indistinguishable from noise", unclear)]
                .filter { !$0.1.isEmpty }.map { "\($0.0) in \($0.1.joined(separator: ", "))" }
            return "\(row.name) against \(reference.name): \(parts.joined(separator: "; "))."
        }
    }
}
