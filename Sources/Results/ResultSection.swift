public import Pipeline

/// Tables, sentences and figures under one heading; what a terminal, a Markdown file and a report show of a
/// result.
public struct ResultSection: Codable, Sendable, Equatable {
    /// The heading.
    public var title: String
    /// The tables, in their order.
    public var tables: [TextTable] = []
    /// Sentences about them.
    public var notes: [String] = []
    /// Figures of estimates with their intervals.
    public var intervals: [IntervalFigure] = []
    /// Figures of two objectives.
    public var planes: [PlaneFigure] = []

    /// A section with nothing under its heading yet.
    public init(title: String) { self.title = title }

    /// Heading, tables and sentences as Markdown.
    public var markdown: String {
        "## \(title)\n\n" + tables.map(\.markdown).joined(separator: "\n")
            + notes.map { "\n- \($0)" }.joined() + "\n"
    }

    /// The same for a terminal.
    public var plainText: String {
        "\(title)\n\n" + tables.map(\.plainText).joined(separator: "\n")
            + notes.map { "\n- \($0)" }.joined() + "\n"
    }
}

/// Estimates by row and column: grouped bars, or, for differences, a forest plot about zero.
public struct IntervalFigure: Codable, Sendable, Equatable {
    /// One row.
    public struct Row: Codable, Sendable, Equatable {
        /// What was measured, such as a model.
        public var name: String
        /// One a column; nil where there is none.
        public var values: [Estimate?]

        /// A row.
        public init(name: String, values: [Estimate?]) {
            self.name = name
            self.values = values
        }
    }

    /// Above the figure.
    public var title: String
    /// What the values are, with their unit.
    public var valueTitle: String
    /// Whether zero means that nothing changed.
    public var isDifference: Bool
    /// What was measured of every row, such as a metric.
    public var columns: [String]
    /// The rows.
    public var rows: [Row]

    /// A figure.
    public init(title: String, valueTitle: String, isDifference: Bool, columns: [String], rows: [Row]) {
        self.title = title
        self.valueTitle = valueTitle
        self.isDifference = isDifference
        self.columns = columns
        self.rows = rows
    }
}

/// Points in the plane of two objectives, both larger is better, with the front.
public struct PlaneFigure: Codable, Sendable, Equatable {
    /// One point.
    public struct Point: Codable, Sendable, Equatable {
        /// What it is.
        public var name: String
        /// The first objective.
        public var x: Estimate
        /// The second objective.
        public var y: Estimate
        /// Whether no other point dominates it.
        public var isOnFront: Bool

        /// A point.
        public init(name: String, x: Estimate, y: Estimate, isOnFront: Bool) {
            self.name = name
            self.x = x
            self.y = y
            self.isOnFront = isOnFront
        }
    }

    /// Above the figure.
    public var title: String
    /// The first objective.
    public var xTitle: String
    /// The second objective.
    public var yTitle: String
    /// The points.
    public var points: [Point]

    /// A figure.
    public init(title: String, xTitle: String, yTitle: String, points: [Point]) {
        self.title = title
        self.xTitle = xTitle
        self.yTitle = yTitle
        self.points = points
    }
}
