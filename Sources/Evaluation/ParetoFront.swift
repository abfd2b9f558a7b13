/// Points in the plane of two objectives, both larger is better.
public struct ParetoFront: Sendable, Equatable {
    /// A point.
    public struct Point: Sendable, Equatable, Codable {
        /// The first objective.
        public var x: Double
        /// The second objective.
        public var y: Double

        /// A point.
        public init(x: Double, y: Double) {
            self.x = x
            self.y = y
        }
    }

    /// Places of the points that no other point dominates (at least as good in both and better in one), in
    /// the order given.
    public let places: [Int]
    private let points: [Point]

    /// The front of some points.
    public init(_ points: [Point]) {
        self.points = points
        places = points.indices.filter { own in
            !points.contains { other in
                other.x >= points[own].x && other.y >= points[own].y
                    && (other.x > points[own].x || other.y > points[own].y)
            }
        }
    }

    /// Area of what the front dominates above and right of a reference point; points that do not dominate the
    /// reference add none.
    public func hypervolume(above reference: Point) -> Double {
        let front = places.map { points[$0] }.filter { $0.x > reference.x && $0.y > reference.y }
            .sorted { ($0.x, $0.y) > ($1.x, $1.y) }
        var (area, height) = (0.0, reference.y)
        for point in front where point.y > height {
            area += (point.x - reference.x) * (point.y - height)
            height = point.y
        }
        return area
    }
}
