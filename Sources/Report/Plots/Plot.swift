import Pipeline

/// One figure of the page: plotly.js draws `data` on `layout`.
struct Plot: Encodable, Equatable {
    /// Unique on the page.
    let id: String
    /// The heading.
    let title: String
    /// What is drawn, in a sentence: for those who do not see it too.
    let description: String
    /// Traces, as plotly.js has them.
    let data: [JSONValue]
    /// Layout, as plotly.js has it; colours come with the page's theme.
    let layout: [String: JSONValue]

    /// A line of a panel.
    struct Series {
        let name: String
        let x: [Double]
        let y: [Double]
    }

    /// Panels one above another over the same horizontal axis.
    static func panels(
        _ id: String, _ title: String, _ description: String, horizontal: String,
        _ panels: [(title: String, series: [Series])]
    ) -> Plot {
        var traces: [JSONValue] = []
        let height = 1.0 / Double(max(1, panels.count))
        var layout: [String: JSONValue] = [
            "xaxis": [
                "title": ["text": .string(horizontal)],
                "anchor": .string(panels.count > 1 ? "y\(panels.count)" : "y"),
            ],
            "height": .integer(150 + 170 * panels.count),
        ]
        for (place, panel) in panels.enumerated() {
            let suffix = place == 0 ? "" : "\(place + 1)"
            let top = 1 - Double(place) * height
            layout["yaxis\(suffix)"] = [
                "title": ["text": .string(panel.title)],
                "domain": [.real(max(0, top - height * 0.88)), .real(top)],
            ]
            for series in panel.series {
                let points = zip(series.x, series.y).filter { $0.isFinite && $1.isFinite }
                traces.append([
                    "type": "scatter", "mode": "lines+markers", "name": .string(series.name),
                    "x": .numbers(points.map(\.0)), "y": .numbers(points.map(\.1)), "xaxis": "x",
                    "yaxis": .string("y\(suffix)"),
                ])
            }
        }
        return Plot(id: id, title: title, description: description, data: traces, layout: layout)
    }
}

extension Plot {
    /// Whether there is anything to draw.
    var hasData: Bool {
        data.contains { trace in
            guard case .object(let fields) = trace else { return false }
            if case .object(let link)? = fields["link"] { return link["source"]?.isFilled ?? false }
            return fields["x"]?.isFilled ?? false
        }
    }
}

extension JSONValue {
    /// Whether it is a list with something in it.
    fileprivate var isFilled: Bool { if case .array(let values) = self { !values.isEmpty } else { false } }

    /// A list of numbers.
    static func numbers(_ values: [Double]) -> JSONValue { .array(values.map(JSONValue.real)) }
    /// A list of texts.
    static func strings(_ values: [String]) -> JSONValue { .array(values.map(JSONValue.string)) }
}

extension Plot {
    /// The same under another heading.
    func titled(_ title: String) -> Plot {
        Plot(id: id, title: title, description: description, data: data, layout: layout)
    }
}
