import Pipeline
import Results

/// Figures of results: bars, forest plots and fronts.
enum ResultPlots {
    /// Those of one section; their ids begin with `prefix`.
    static func plots(_ section: ResultSection, prefix: String) -> [Plot] {
        let intervals = section.intervals.enumerated().map { place, figure in
            let id = "\(prefix)-\(place)"
            return figure.isDifference ? forest(id, figure) : bars(id, figure)
        }
        return (intervals + section.planes.enumerated().map { plane("\(prefix)-plane-\($0)", $1) })
            .filter(\.hasData)
    }

    private static func bars(_ id: String, _ figure: IntervalFigure) -> Plot {
        let traces: [JSONValue] = figure.rows.map { row in
            let shown = zip(figure.columns, row.values).compactMap { column, value in
                value.map { (column, $0) }
            }
            return [
                "type": "bar", "name": .string(row.name), "x": .strings(shown.map(\.0)),
                "y": .numbers(shown.map(\.1.value)), "error_y": errors(shown.map(\.1)),
            ]
        }
        return Plot(
            id: id, title: figure.title,
            description: "Grouped bars with 95 % intervals: \(figure.valueTitle) of "
                + "\(figure.rows.map(\.name).joined(separator: ", ")).",
            data: traces,
            layout: [
                "barmode": "group",
                "yaxis": ["title": ["text": .string(figure.valueTitle)], "rangemode": "tozero"],
                "height": 420,
            ])
    }

    private static func forest(_ id: String, _ figure: IntervalFigure) -> Plot {
        let traces: [JSONValue] = figure.columns.indices.map { column in
            let shown = figure.rows.compactMap { row in row.values[column].map { (row.name, $0) } }
            // Columns of one row stand a little apart, so that their intervals do not cover each other.
            let shift =
                figure.columns.count < 2
                ? 0 : 0.5 * (Double(column) / Double(figure.columns.count - 1) - 0.5)
            let places = shown.map { name, _ in
                Double(figure.rows.firstIndex { $0.name == name } ?? 0) + shift
            }
            return [
                "type": "scatter", "mode": "markers", "name": .string(figure.columns[column]),
                "x": .numbers(shown.map(\.1.value)), "y": .numbers(places),
                "error_x": errors(shown.map(\.1)), "text": .strings(shown.map(\.0)),
                "marker": ["symbol": .integer(column), "size": 8],
            ]
        }
        return Plot(
            id: id, title: figure.title,
            description:
                "Forest plot: \(figure.valueTitle), with 95 % intervals; one that crosses 0 is no evidence "
                + "of a"
                + " difference. Rows: \(figure.rows.map(\.name).joined(separator: ", ")).",
            data: traces,
            layout: [
                "xaxis": ["title": ["text": .string(figure.valueTitle)], "zeroline": true],
                "yaxis": [
                    "autorange": "reversed", "tickvals": .numbers(figure.rows.indices.map(Double.init)),
                    "ticktext": .strings(figure.rows.map(\.name)), "automargin": true, "zeroline": false,
                ],
                "height": .integer(160 + figure.rows.count * (18 + 14 * figure.columns.count)),
            ])
    }

    private static func plane(_ id: String, _ figure: PlaneFigure) -> Plot {
        var traces: [JSONValue] = figure.points.enumerated().map { place, point in
            [
                "type": "scatter", "mode": "markers", "name": .string(point.name),
                "x": [.real(point.x.value)],
                "y": [.real(point.y.value)], "error_x": errors([point.x]), "error_y": errors([point.y]),
                "marker": ["size": 10, "symbol": .integer(place)],
            ]
        }
        let front = figure.points.filter(\.isOnFront).sorted { $0.x.value < $1.x.value }
        traces.append([
            "type": "scatter", "mode": "lines", "name": "front", "x": .numbers(front.map(\.x.value)),
            "y": .numbers(front.map(\.y.value)), "line": ["dash": "dot", "shape": "vh"],
        ])
        return Plot(
            id: id, title: figure.title,
            description: "\(figure.xTitle) against \(figure.yTitle), with 95 % intervals. On the front: "
                + "\(front.map(\.name).joined(separator: ", ")).",
            data: traces,
            layout: [
                "xaxis": ["title": ["text": .string(figure.xTitle)]],
                "yaxis": ["title": ["text": .string(figure.yTitle)]], "height": 520,
            ])
    }

    private static func errors(_ values: [Estimate]) -> JSONValue {
        [
            "type": "data", "symmetric": false, "array": .numbers(values.map { max(0, $0.upper - $0.value) }),
            "arrayminus": .numbers(values.map { max(0, $0.value - $0.lower) }), "thickness": 1.5,
        ]
    }
}
