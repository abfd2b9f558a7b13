import Evaluation
import Pipeline
import Results

extension Reproduction {
    /// Fixed weights from one reward to the other, POPO and POPO-light on the plane of the two objectives:
    /// the similarity of the answered title to the true one, and the CTCVR by the ranker that paid no reward.
    func sweepSection() throws -> ResultSection {
        let arms =
            [ReproductionArm.orft] + sweptWeights.map(ReproductionArm.fixed) + [.gdpo, .popoLight, .popo]
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
        let fixed = arms.indices.filter { if case .fixed = arms[$0] { true } else { false } }
        let sets: [(name: String, places: [Int])] =
            [("all fixed weights", fixed)] + fixed.map { (rows[$0].name, [$0]) }
            + [("POPO-light", [arms.count - 2]), ("POPO", [arms.count - 1])]
        var volumes = TextTable(
            title: "Hypervolume above (0, 0), with its interval over the test users",
            columns: ["", "hypervolume"])
        for set in sets {
            let values = set.places.map { (rows[$0].values(.similarity), rows[$0].values(.ctcvr)) }
            let interval = try bootstrap.interval(unitCount: rows[0].values(.ctcvr).count) { times in
                ParetoFront(
                    values.map { .init(x: mean($0.0, times), y: mean($0.1, times)) }
                ).hypervolume(above: .init(x: 0, y: 0))
            }
            try volumes.append([set.name, interval.formatted(digits: 6)])
        }
        var section = ResultSection(
            title: "Sweep of fixed weights, \(seeds.count) seeds (not in the paper)")
        section.tables = [table, volumes, try means(rows)]
        section.planes = [plane]
        section.notes = [
            "On the front of these means: \(front.sorted().map { rows[$0].name }.joined(separator: "; ")). "
                + "Where intervals overlap, another draw of users can change it."
        ]
        return section
    }

    private func mean(_ values: [Double], _ times: [Int]? = nil) -> Double {
        let sum = values.indices.reduce(0.0) { $0 + Double(times?[$1] ?? 1) * values[$1] }
        return sum / Double(max(1, values.count))
    }
}
