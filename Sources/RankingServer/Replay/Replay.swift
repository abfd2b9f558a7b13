public import Foundation
public import Pipeline
import RankingExperiment
import RankingModels

/// Plays the test window of a run to a service, and says what features that follow the behaviours are worth
/// over features frozen at the window's start.
public struct Replay {
    private let version: ServedVersion
    private let auctions: AuctionReplay
    private let events: [LiveEvent]
    private let client: ServiceClient
    private let pace: Pace
    private let progress: RunProgress
    /// Candidates in a request.
    private let blockSize: Int

    /// - Parameters:
    ///   - directory: of the run that the service serves.
    ///   - visits: of the earliest visits; nil for all.
    /// - Throws: an error that names what the run lacks.
    public init(
        _ directory: URL, _ configuration: TaijiConfiguration, _ client: ServiceClient, _ pace: Pace,
        visits: Int?,
        progress: RunProgress
    ) throws {
        let tables = try RunDirectory(directory).output(of: Steps.tables)
        let windows = try tables.summary.read().windows
        let version = try ServedVersion(directory, configuration, until: windows.test)
        let data = try RankingData(tables)
        let auctions = try AuctionReplay(tables, data, configuration, visits: visits)
        let end = auctions.offers.map(\.time).max() ?? .min
        events = try tables.events(users: data.users, items: data.items).enumerated().compactMap {
            row, event in
            guard event.time >= windows.test, event.time < end else { return nil }
            return LiveEvent(
                id: "replay-\(row)", user: data.users[Int(event.user)].id,
                item: data.items[Int(event.item)].id,
                time: event.time, kind: version.behavior, quantity: max(1, event.quantity),
                value: max(0, event.value))
        }.sorted { $0.time < $1.time }
        guard !auctions.offers.isEmpty else {
            throw RunError.file(
                path: tables.auctions.path, message: "has no visit; set construct.auctionVisits above 0")
        }
        self.version = version
        self.auctions = auctions
        self.client = client
        self.pace = pace
        self.progress = progress
        blockSize = configuration.serve.maximumCandidates
    }

    /// One visit's offers.
    private struct Visit {
        let user: String
        let time: Int64
        let places: [Int]
    }

    private var visits: [Visit] {
        Dictionary(grouping: auctions.offers.indices) { auctions.offers[$0].basket }.values.compactMap {
            places in
            places.first.map { first in
                Visit(
                    user: version.users[Int(auctions.offers[first].user)].id,
                    time: auctions.offers[first].time,
                    places: places.sorted())
            }
        }.sorted { ($0.time, $0.places[0]) < ($1.time, $1.places[0]) }
    }

    /// Plays the window.
    ///
    /// - Throws: `ServerError` for a service that does not answer, knows the window already, or serves
    /// another
    ///   run.
    public func perform() async throws -> Result {
        try await checkService()
        let visits = visits
        var (sent, fresh, waits): (Int, Int, [Double]) = (0, 0, [])
        var scores = try ReplayScores(version, auctions.offers)
        let (begun, first) = (ContinuousClock.now, min(events.first?.time ?? .max, visits.first?.time ?? 0))
        progress.begin("visits", total: visits.count)
        for (number, visit) in visits.enumerated() {
            let due = events[sent...].prefix { $0.time < visit.time }
            try await send(Array(due), begun, first)
            sent += due.count
            try await pause(until: visit.time, begun, first)
            if case .waiting(let limit) = pace, let waited = try await waitForFeatures(visit, limit) {
                waits.append(waited)
            }
            let (ctcvr, isFresh) = try await rank(visit)
            fresh += isFresh ? 1 : 0
            let features = try await features(of: visit.user)
            try scores.add(visit.places, user: visit.user, fresh: ctcvr, features, Array(events[..<sent]))
            progress.update(number + 1)
        }
        progress.end("\(sent) behaviours, \(visits.count) visits")
        let span = Double((visits.last?.time ?? 0) - first)
        return Result(
            arms: try auctions.compare(scores.arms), events: sent, visits: visits.count,
            freshShare: Double(fresh) / Double(max(1, visits.count)),
            meanWaitSeconds: waits.isEmpty ? nil : waits.reduce(0, +) / Double(waits.count),
            maximumWaitSeconds: waits.max(), speedUp: span / max(1e-9, begun.duration(to: .now).seconds))
    }

    private func checkService() async throws {
        let answer = try await read("GET", "/v1/versions")
        let list = answer["versions"] as? [[String: Any]] ?? []
        guard
            let own = list.first(where: {
                $0["name"] as? String == version.name && $0["isActive"] as? Bool == true
            }),
            let until = (own["logsUntil"] as? NSNumber)?.int64Value
        else {
            throw ServerError.setting(
                key: "--url",
                message: "answers with another version than this run's \(version.name); serve this run")
        }
        guard until <= version.logsUntil else {
            throw ServerError.setting(
                key: "--url",
                message: "knows the test window already; start it with `taiji serve --until test`")
        }
        guard let event = events.first else { return }
        let body = try await client.call("GET", "/v1/events?limit=10000").body
        guard !String(decoding: body, as: UTF8.self).contains("\"id\":\"\(event.id)\"") else {
            throw ServerError.setting(
                key: "--url",
                message: "has a store that this window was played to before; start it with another --store")
        }
    }

    private func read(_ method: String, _ path: String, _ body: Data? = nil) async throws -> [String: Any] {
        for _ in 0..<60 {
            let answer = try await client.call(method, path, body)
            if [429, 503].contains(answer.status) {
                try await Task.sleep(for: .seconds(answer.retryAfter ?? 1))
                continue
            }
            let text = String(decoding: answer.body.prefix(500), as: UTF8.self)
            guard (200..<300).contains(answer.status),
                let object = try? JSONSerialization.jsonObject(with: answer.body) as? [String: Any]
            else { throw ServerError.store(place: path, message: "answered \(answer.status): \(text)") }
            return object
        }
        throw ServerError.busy
    }

    private func send(_ due: [LiveEvent], _ begun: ContinuousClock.Instant, _ first: Int64) async throws {
        for start in stride(from: 0, to: due.count, by: 500) {
            let block = due[start..<min(start + 500, due.count)]
            if let last = block.last { try await pause(until: last.time, begun, first) }
            let list = block.map { event -> [String: Any] in
                [
                    "id": event.id, "user": event.user, "item": event.item, "time": event.time,
                    "kind": event.kind.rawValue, "quantity": event.quantity, "value": event.value,
                ]
            }
            _ = try await read("POST", "/v1/events", JSONSerialization.data(withJSONObject: ["events": list]))
        }
    }

    private func pause(until time: Int64, _ begun: ContinuousClock.Instant, _ first: Int64) async throws {
        guard case .speedUp(let factor) = pace else { return }
        let due = begun + .seconds(Double(time - first) / factor)
        if due > .now { try await Task.sleep(until: due, clock: .continuous) }
    }

    private func ranking(_ visit: Visit, _ places: [Int]) async throws -> [String: Any] {
        let names = version.enhanced.context.map(\.name)
        let items = version.catalogue.items
        let candidates = places.map { place -> [String: Any] in
            let offer = auctions.offers[place]
            return [
                "item": items[Int(offer.item)].id,
                "context": Dictionary(zip(names, offer.context), uniquingKeysWith: { first, _ in first }),
            ]
        }
        let body: [String: Any] = ["user": visit.user, "time": visit.time, "items": candidates]
        return try await read("POST", "/v1/rank", JSONSerialization.data(withJSONObject: body))
    }

    /// Seconds until the features had seen everything before the visit; nil where they had already.
    private func waitForFeatures(_ visit: Visit, _ limit: Double) async throws -> Double? {
        let begun = ContinuousClock.now
        var isFirst = true
        while begun.duration(to: .now).seconds < limit {
            let answer = try await ranking(visit, Array(visit.places.prefix(1)))
            if (answer["features"] as? [String: Any])?["isStale"] as? Bool == false {
                return isFirst ? nil : begun.duration(to: .now).seconds
            }
            isFirst = false
            try await Task.sleep(for: .milliseconds(50))
        }
        return limit
    }

    private func rank(_ visit: Visit) async throws -> (ctcvr: [Double], isFresh: Bool) {
        var (scores, isFresh): ([Double], Bool) = ([], true)
        for start in stride(from: 0, to: visit.places.count, by: blockSize) {
            let block = Array(visit.places[start..<min(start + blockSize, visit.places.count)])
            let answer = try await ranking(visit, block)
            isFresh = isFresh && (answer["features"] as? [String: Any])?["isStale"] as? Bool == false
            let found = Dictionary(
                (answer["items"] as? [[String: Any]] ?? []).compactMap { entry -> (String, Double)? in
                    guard let item = entry["item"] as? String,
                        let score = (entry["ctcvr"] as? NSNumber)?.doubleValue
                    else { return nil }
                    return (item, score)
                }, uniquingKeysWith: { first, _ in first })
            let items = version.catalogue.items
            scores += try block.map { place in
                let id = items[Int(auctions.offers[place].item)].id
                guard let score = found[id] else {
                    throw ServerError.store(place: "/v1/rank", message: "left out item '\(id)'")
                }
                return score
            }
        }
        return (scores, isFresh)
    }

    /// Codes and the similar users' sequence as they are now.
    private func features(of user: String) async throws -> (codes: [Int], items: [Int32])? {
        let path = "/v1/users/\(user.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? user)"
        guard let made = try await read("GET", path)["features"] as? [String: Any],
            let codes = made["codes"] as? [Int], let lent = made["similarSequence"] as? [[String: Any]]
        else { return nil }
        let catalogue = version.catalogue
        return (codes, lent.compactMap { ($0["item"] as? String).flatMap { catalogue[$0] } })
    }
}
