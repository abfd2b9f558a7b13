public import Pipeline

/// Impressions to train on, which need not be in memory.
public protocol ImpressionSource: Sendable {
    /// Calls `body` with every impression by user, then time; the same ones in the same order each time.
    func forEachImpression(_ body: (Impression) throws -> Void) throws
}

extension ImpressionSource {
    /// All of them, in memory.
    public func all() throws -> [Impression] {
        var impressions: [Impression] = []
        try forEachImpression { impressions.append($0) }
        return impressions
    }
}

/// Impressions in memory.
public struct ImpressionList: ImpressionSource {
    private let impressions: [Impression]

    /// - Parameter impressions: in any order; those of one user and time keep theirs.
    public init(_ impressions: [Impression]) {
        let order = impressions.indices.sorted {
            (impressions[$0].user, impressions[$0].time, $0)
                < (impressions[$1].user, impressions[$1].time, $1)
        }
        self.impressions = order.map { impressions[$0] }
    }

    /// See `ImpressionSource`.
    public func forEachImpression(_ body: (Impression) throws -> Void) throws {
        for impression in impressions { try body(impression) }
    }
}
