public import Foundation
import ModelFiles
public import Pipeline
import Ranking
import RankingModels
import Synchronization

/// A run that answers requests: its logs, both rankers, and the code book whose codes the enhanced one reads.
/// Everything of it is loaded together, so nothing of two runs ever meets.
public final class ServedVersion: Sendable {
    /// A digest of model, code book, rankers and tables, 12 hexadecimal digits.
    public let name: String
    /// The run's folder.
    public let directory: URL
    /// The settings that the run was made with.
    public let configuration: TaijiConfiguration
    /// Reads codes and similar users' sequences.
    let enhanced: LiveRanker
    /// Reads neither: for users without features.
    let baseline: LiveRanker
    /// Users of the run by place.
    let users: [User]
    /// What histories are made of.
    let behavior: LiveEvent.Kind
    /// The logs of the run are known up to this time; later behaviours come from the store. Seconds since
    /// 1970.
    public let logsUntil: Int64
    /// When the run's own features were made, as of the logs.
    let windows: ConstructionSummary.Windows
    /// Places of the items that answers are grounded to.
    let titles: [Int32]
    private let places: [String: Int32]
    private let eventsOfUser: [[Event]]
    private let catalogueBox: Mutex<LiveCatalogue>
    private let counts = Mutex<[String: LiveUser.CountedEvents]>([:])

    /// Users whose counts are kept; each takes some tens of kilobytes.
    private static let countedUsers = 512

    /// Loads a finished run.
    ///
    /// - Parameter until: logs from this time on are left out, as if they had not happened yet; nil for none.
    /// - Throws: `RunError.missingStep` for a run that is not finished; an error that names the file.
    public init(_ directory: URL, _ configuration: TaijiConfiguration, until: Int64? = nil) throws {
        let run = try RunDirectory(directory)
        let tables = try run.output(of: Steps.tables)
        let summary = try tables.summary.read()
        self.directory = directory
        self.configuration = configuration
        name = try Self.name(run)
        enhanced = try LiveRanker(run.output(of: Steps.ranker).folder, context: summary.context)
        baseline = try LiveRanker(run.output(of: Steps.judge).folder, context: summary.context)
        users = try tables.users()
        let items = try tables.items()
        places = Dictionary(users.enumerated().map { ($1.id, Int32($0)) }) { first, _ in first }
        let known = try tables.events(users: users, items: items).filter { event in
            until.map { event.time < $0 } ?? true
        }
        var grouped = [[Event]](repeating: [], count: users.count)
        for event in known { grouped[Int(event.user)].append(event) }
        eventsOfUser = grouped.map { list in
            list.enumerated().sorted { ($0.element.time, $0.offset) < ($1.element.time, $1.offset) }.map(
                \.element)
        }
        logsUntil = until.map { $0 - 1 } ?? known.lazy.map(\.time).max() ?? .min
        behavior = summary.periods.contains { $0.conversions > 0 } ? .purchase : .click
        windows = summary.windows
        titles = try tables.catalogue().map(\.item)
        catalogueBox = Mutex(LiveCatalogue(items, for: [enhanced, baseline], events: known))
    }

    private static func name(_ run: RunDirectory) throws -> String {
        let parts = try [
            Steps.tables.declaration, Steps.aligned.declaration, Steps.features.declaration,
            Steps.judge.declaration, Steps.ranker.declaration,
        ].map { try run.fingerprint($0) }
        return String(try Fingerprint.of(parts).prefix(12))
    }

    /// The items as they are now.
    var catalogue: LiveCatalogue { catalogueBox.withLock { $0 } }

    /// Adds or changes items.
    func put(_ items: [Item]) {
        catalogueBox.withLock { catalogue in
            for item in items { catalogue.put(item) }
        }
    }

    /// Whether the run's logs have a user.
    func knows(_ user: String) -> Bool { places[user] != nil }

    /// A user with all behaviours that are known, the store's after the run's.
    ///
    /// Events of items that the catalogue does not have are left out, and those from before the end of the
    /// run's logs, which has them already.
    func user(_ id: String, _ stored: StoredUser, in catalogue: LiveCatalogue) -> LiveUser {
        let place = places[id]
        var events = place.map { eventsOfUser[Int($0)] } ?? []
        let start = events.count
        for event in stored.events where event.kind == behavior && event.time > logsUntil {
            guard let item = catalogue[event.item] else { continue }
            events.append(
                Event(
                    user: place ?? -1, item: item, time: event.time, quantity: event.quantity,
                    value: event.value,
                    basket: event.position))
        }
        // Most come in their order already.
        if events.indices.dropFirst(max(1, start)).contains(where: { events[$0].time < events[$0 - 1].time })
        {
            events = events.enumerated().sorted {
                ($0.element.time, $0.offset) < ($1.element.time, $1.offset)
            }.map(\.element)
        }
        let user = place.map { users[Int($0)] } ?? User(id: id, profile: "", attributes: [:], role: .other)
        var live = LiveUser(
            user: user, events: events, codes: stored.features?.codes ?? [],
            similarItems: stored.features?.similarItems ?? [])
        live.counted = counts.withLock { $0[id] }
        return live
    }

    /// Scores candidates, and keeps what was counted for the user's next request.
    func scores(
        by ranker: LiveRanker, of candidates: LiveCandidates, for user: LiveUser, in catalogue: LiveCatalogue
    ) throws -> Ranker.Scores {
        var user = user
        let counted = ranker.counted(user, at: candidates.time, in: catalogue)
        user.counted = counted
        counts.withLock { counts in
            if counts.count >= Self.countedUsers, counts[user.user.id] == nil { counts.removeAll() }
            counts[user.user.id] = counted
        }
        return try ranker.scores(of: candidates, for: user, in: catalogue)
    }

    /// The newest of a user's behaviours, newest first, for another user's sequence.
    func recentItems(_ events: [Event], before time: Int64) -> [Int32] {
        events.reversed().lazy.filter { $0.time < time }.prefix(enhanced.similarLength).map(\.item)
    }

    /// Features that the run made for its own users, as the store keeps them: those of the newest snapshot
    /// that saw nothing of the test window.
    func importedFeatures() throws -> [LiveFeatures] {
        let run = try RunDirectory(directory)
        let files = try run.output(of: Steps.features)
        let (place, snapshot) = try files.newestSnapshot(before: windows.test)
        let answers = try run.output(of: Steps.reasoning).answers.read().dropFirst(place * users.count)
        let texts = answers.prefix(users.count).map(\.text)
        guard texts.count == users.count else {
            throw RunError.file(
                path: run.folder(Steps.reasoning.declaration).path,
                message: "has no answer for every user of snapshot \(place); make stage 4 again")
        }
        let time = snapshot.time ?? windows.rankerTraining
        let until = snapshot.time ?? enhanced.cutoff ?? windows.rankerTraining
        return snapshot.features.map { feature in
            let similar = feature.similarUsers.map { Int($0) }
            let items = similar.flatMap { recentItems(eventsOfUser[$0], before: until) }
            return LiveFeatures(
                user: users[Int(feature.user)].id, version: name, text: texts[Int(feature.user)],
                codes: feature.codes, codebook: feature.codebook,
                similarUsers: similar.map { users[$0].id }, similarities: feature.similarities,
                similarItems: Array(items.prefix(enhanced.similarLength)),
                madeAt: Double(time), historyUntil: time - 1, position: 0)
        }
    }
}
