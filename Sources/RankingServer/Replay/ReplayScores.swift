import Pipeline
import RankingModels

/// Scores of a replay's offers: the service's, and those of the arms that are computed here with the same
/// state and other features.
struct ReplayScores {
    private let version: ServedVersion
    private let offers: [Impression]
    private let frozen: [String: LiveFeatures]
    private var fresh: [Double]
    private var baseline: [Double]
    private var kept: [Double]
    private var shuffled: [Double]
    /// The newest features of the users before, for the placebo.
    private var last: (user: String, codes: [Int], items: [Int32])?

    /// - Throws: an error that names the file of the run's features.
    init(_ version: ServedVersion, _ offers: [Impression]) throws {
        self.version = version
        self.offers = offers
        let features = try version.importedFeatures()
        frozen = Dictionary(features.map { ($0.user, $0) }) { first, _ in first }
        let zeros = [Double](repeating: 0, count: offers.count)
        (fresh, baseline, kept, shuffled) = (zeros, zeros, zeros, zeros)
    }

    /// Each arm with pCTCVR of every offer.
    var arms: [(name: String, ctcvr: [Double])] {
        [
            ("features frozen at the start", kept), ("fresh features", fresh),
            ("fresh features of another user (placebo)", shuffled),
            ("baseline ranker, no features", baseline),
        ]
    }

    /// Takes in a visit.
    ///
    /// - Parameters:
    ///   - ctcvr: of the service.
    ///   - events: all that happened before.
    mutating func add(
        _ places: [Int], user: String, fresh ctcvr: [Double], _ features: (codes: [Int], items: [Int32])?,
        _ events: [LiveEvent]
    ) throws {
        let catalogue = version.catalogue
        let stored = StoredUser(events: events.filter { $0.user == user }, features: frozen[user])
        var live = version.user(user, stored, in: catalogue)
        let rows = LiveCandidates(
            items: places.map { offers[$0].item }, contexts: places.map { offers[$0].context },
            time: offers[places[0]].time)
        let plain = try version.baseline.scores(of: rows, for: live, in: catalogue).ctcvr
        let old =
            frozen[user] == nil
            ? plain : try version.enhanced.scores(of: rows, for: live, in: catalogue).ctcvr
        var other = plain
        if let last, last.user != user || features == nil {
            (live.codes, live.similarItems) = (last.codes, last.items)
            other = try version.enhanced.scores(of: rows, for: live, in: catalogue).ctcvr
        }
        for (number, place) in places.enumerated() {
            fresh[place] = ctcvr[number]
            baseline[place] = plain[number]
            kept[place] = old[number]
            shuffled[place] = other[number]
        }
        if let features { last = (user, features.codes, features.items) }
    }
}
