import Foundation
import Pipeline
import RankingModels

/// Answers ranking requests: state and features from the store, scores from the version that is active.
struct RankingService: Sendable {
    let store: any ServingStore
    let versions: VersionBook
    let threads: WorkThreads
    let gauges: Gauges
    /// Told of users whose features miss behaviours.
    let requests: RequestedUsers

    /// Ranks.
    ///
    /// - Throws: `Problem` for an unknown item; `ServerError`.
    func rank(_ request: RankRequest) async throws -> Ranking {
        let start = ContinuousClock.now
        let version = versions.active
        let stored = try await store.user(request.user, version: version.name)
        let read = ContinuousClock.now
        let gauges = gauges
        let ranking = try await threads.run {
            let begun = ContinuousClock.now
            defer {
                gauges.rankPhases(
                    read: start.duration(to: read), waited: read.duration(to: begun),
                    computed: begun.duration(to: .now))
            }
            return try Self.rank(request, version, stored)
        }
        gauges.ranked(ranking, now: Double(request.time))
        if ranking.hasBehaviors {
            await requests.add(request.user, version: version.name, isStale: ranking.isStale)
        }
        return ranking
    }

    private static func rank(
        _ request: RankRequest, _ version: ServedVersion, _ stored: StoredUser
    ) throws -> Ranking {
        let catalogue = version.catalogue
        let user = version.user(request.user, stored, in: catalogue)
        // The store gives features of this version alone; what another code book made never comes here.
        let features = stored.features.flatMap { $0.codebook == version.enhanced.codebook ? $0 : nil }
        let fallback: Ranking.Fallback? =
            request.usesBaseline ? .requested : features == nil ? .noFeatures : nil
        let ranker = fallback == nil ? version.enhanced : version.baseline
        let candidates = try Self.candidates(request, version, ranker, catalogue)
        let scores = try version.scores(by: ranker, of: candidates.rows, for: user, in: catalogue)
        var entries = candidates.list.indices.map { place in
            let (ctr, ctcvr) = (scores.ctr[place], scores.ctcvr[place])
            return Ranking.Entry(
                item: candidates.list[place].item, ctr: ctr, cvr: ctr > 0 ? min(1, ctcvr / ctr) : 0,
                ctcvr: ctcvr, bid: candidates.list[place].bid)
        }
        let hasBids = !entries.isEmpty && entries.allSatisfy { $0.bid != nil }
        let worth = entries.map { hasBids ? $0.ctcvr * ($0.bid ?? 0) : $0.ctcvr }
        let order = entries.indices.sorted { (-worth[$0], $0) < (-worth[$1], $1) }
        entries = order.prefix(request.limit ?? order.count).map { entries[$0] }
        let newest = user.events.last { $0.time < request.time }?.time ?? .min
        return Ranking(
            entries: entries, version: version.name, codebook: fallback == nil ? features?.codebook : nil,
            featuresMadeAt: features?.madeAt, isStale: newest > features?.historyUntil ?? .min,
            hasBehaviors: !user.events.isEmpty, fallback: fallback)
    }

    private static func candidates(
        _ request: RankRequest, _ version: ServedVersion, _ ranker: LiveRanker, _ catalogue: LiveCatalogue
    ) throws -> (list: [RankRequest.Candidate], rows: LiveCandidates) {
        let list =
            request.candidates.isEmpty
            ? version.titles.map { RankRequest.Candidate(item: catalogue.items[Int($0)].id) }
            : request.candidates
        var places: [Int32] = []
        places.reserveCapacity(list.count)
        for (number, candidate) in list.enumerated() {
            guard let place = catalogue[candidate.item] else {
                throw Problem.unknownItem(candidate.item, field: "items[\(number)]")
            }
            places.append(place)
        }
        let usual = ranker.context.map { request.context[$0.name] ?? $0.usual }
        let contexts = list.map { candidate in
            candidate.context.isEmpty
                ? usual
                : zip(ranker.context, usual).map { candidate.context[$0.name] ?? $1 }
        }
        return (list, LiveCandidates(items: places, contexts: contexts, time: request.time))
    }
}
