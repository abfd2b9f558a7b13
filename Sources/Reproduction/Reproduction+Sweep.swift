import Evaluation
import Pipeline
import Results

extension Reproduction {
    /// Fixed weights from one reward to the other, POPO and POPO-light on the plane of the two objectives:
    /// the similarity of the answered title to the true one, and the CTCVR by the ranker that paid no reward.
    func sweepSection() throws -> ResultSection {
        let arms =
            [ReproductionArm.orft] + sweptWeights.map(ReproductionArm.fixed) + [.popoLight, .popo]
        let rows = try arms.map(pooled)
        let points = rows.map { row in
            ParetoFront.Point(x: mean(row.values(.similarity)), y: mean(row.values(.ctcvr)))
        }
        let front = Set(ParetoFront(points).places)
        var table = TextTable(
            title: "The plane of the two objectives", columns: ["", "similarity", "CTCVR", "on the front"])
        var plane = PlaneFigure(
            title: "The plane of the two objectives", xTitle: "similarity of the answered and the true title",
            yTitle: "CTCVR by the ranker that paid no reward", points: [])
        for (place, row) in rows.enumerated() {
            let similarity = try bootstrap.mean(of: row.values(.similarity))
            let ctcvr = try bootstrap.mean(of: row.values(.ctcvr))
            try table.append([
                row.name, similarity.formatted(digits: 3), ctcvr.formatted(digits: 5),
                front.contains(place) ? "yes" : "no",
            ])
            plane.points.append(
                .init(
                    name: row.name, x: Estimate(similarity), y: Estimate(ctcvr),
                    isOnFront: front.contains(place)))
        }
        var section = ResultSection(
            title: "Sweep of fixed weights, \(seeds.count) seeds (not in the paper)")
        let volumes = ArmHypervolumes(rows, above: try pooled(.base))
        let fixed = arms.indices.filter { if case .fixed = arms[$0] { true } else { false } }
        section.tables = [table, try volumeTable(volumes, fixed: fixed), try means(rows)]
        section.planes = [plane]
        section.notes = [
            "On the front of these means: \(front.sorted().map { rows[$0].name }.joined(separator: "; ")). "
                + "Where intervals overlap, another draw of users can change it."
        ]
        return section
    }

    /// The hypervolume of every arm, of all fixed weights together, and how much larger than that of the best
    /// fixed weights it is on the same users.
    private func volumeTable(_ volumes: ArmHypervolumes, fixed: [Int]) throws -> TextTable {
        var table = TextTable(
            title: "Hypervolume above the base model, with its interval over the test users",
            columns: ["", "hypervolume", "minus the best fixed weights"])
        let count = volumes.userCount
        for (place, name) in volumes.names.enumerated() {
            let own = try bootstrap.interval(unitCount: count) { volumes.volume(of: [place], $0) }
            let difference = try bootstrap.interval(unitCount: count) { times in
                guard let best = fixed.map({ volumes.volume(of: [$0], times) }).max() else { return nil }
                return volumes.volume(of: [place], times) - best
            }
            try table.append([
                name, own.formatted(digits: 6), fixed.contains(place) ? "–" : difference.formatted(digits: 6),
            ])
        }
        let all = try bootstrap.interval(unitCount: count) { volumes.volume(of: fixed, $0) }
        try table.append(["all fixed weights", all.formatted(digits: 6), "–"])
        return table
    }

    private func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(max(1, values.count)) }
}
