import Pipeline

/// Refuses tables whose splits are empty or whose targets are not after their histories.
enum SplitCheck {
    /// - Throws: `DataConstructionError.emptySplit`.
    static func check(_ summary: ConstructionSummary, users: Int, inference: Int) throws {
        guard users > 1 else {
            throw DataConstructionError.emptySplit(
                name: "users", advice: "raise construct.users or lower construct.minimumPurchases")
        }
        for role in [UserRole.activate, .collaborate, .test] where summary.samples[role.rawValue] == nil {
            throw DataConstructionError.emptySplit(
                name: role.rawValue,
                advice:
                    "raise construct.\(role.rawValue)Users and construct.users, or widen construct.windows")
        }
        let hasConversions = summary.periods.contains { $0.conversions > 0 }
        for period in TimePeriod.allCases {
            let found = summary.periods.first { $0.period == period }
            guard let found, found.clicks > 0, found.conversions > 0 || !hasConversions else {
                throw DataConstructionError.emptySplit(
                    name: period.rawValue, advice: "it has no conversion or no click; widen construct.windows"
                )
            }
        }
        guard inference == users else {
            throw DataConstructionError.emptySplit(
                name: "inference",
                advice: "\(users - inference) users have no purchase before the rankers' window; raise "
                    + "construct.minimumPurchases")
        }
    }

    /// Compares each sample with the events themselves, not with the statements that made it.
    ///
    /// - Parameter origin: of the impressions. Promotions have the time of the visit that bought them, drawn
    /// ones that of its first event; logged conversions need not be among the events at all.
    /// - Throws: `DataConstructionError.targetBeforeHistory`.
    static func check(
        _ samples: [PromptSample], _ events: [Event], origin: ImpressionOrigin = .promotions
    ) throws {
        let byUser = Dictionary(grouping: events, by: \.user)
        for sample in samples {
            let own = byUser[sample.user] ?? []
            let isBought = own.contains { event in
                guard event.item == sample.target else { return false }
                return origin == .promotions ? event.time == sample.time : event.time >= sample.time
            }
            let earlier = Set(own.lazy.filter { $0.time < sample.time }.map(\.item))
            guard isBought || origin == .logged, sample.history.allSatisfy(earlier.contains) else {
                throw DataConstructionError.targetBeforeHistory(sample: sample.id)
            }
        }
    }
}
