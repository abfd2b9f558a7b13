import Foundation
import Logging
import Pipeline
import RankingModels

/// What the endpoints do.
struct RankingAPI: Sendable {
    let store: any ServingStore
    let versions: VersionBook
    let ranking: RankingService
    let gauges: Gauges
    let settings: ServeConfiguration
    let switcher: VersionSwitch
    /// Tells the worker of this process that events came.
    let wakeWorker: @Sendable () -> Void
    private var forms: RequestForms { RequestForms(settings: settings) }
    private var now: Double { Date().timeIntervalSince1970 }

    func events(_ request: ServiceRequest) async throws -> ServiceResponse {
        let events = try request.body.withUnsafeBytes { try forms.events($0, now: Int64(now)) }
        let behavior = versions.active.behavior
        let isNew = try await store.append(events) { $0.kind == behavior }
        let new = isNew.count { $0 }
        gauges.kept(new, repeated: isNew.count - new)
        if new > 0 { wakeWorker() }
        return ServiceResponse(
            202,
            [
                "new": .integer(Int64(new)), "repeated": .integer(Int64(isNew.count - new)),
                "isNew": .array(isNew.map { .bool($0) }),
            ])
    }

    func rank(_ request: ServiceRequest) async throws -> ServiceResponse {
        let columns = versions.active.enhanced.context.map(\.name)
        let wanted = try request.body.withUnsafeBytes {
            try forms.rank($0, columns: columns, now: Int64(now))
        }
        let ranking = try await ranking.rank(wanted)
        return ServiceResponse(bytes: AnswerForms.ranking(ranking, user: wanted.user, at: wanted.time))
    }

    /// Users of the run, for the page.
    func users(_ request: ServiceRequest) async throws -> ServiceResponse {
        let count = Int(try request.count("limit", default: 100, upTo: 10_000))
        return ServiceResponse(["users": .array(versions.active.users.prefix(count).map { .string($0.id) })])
    }

    func user(_ request: ServiceRequest) async throws -> ServiceResponse {
        let (id, version) = (request.parameters["id"] ?? "", versions.active)
        let stored = try await store.user(id, version: version.name)
        guard version.knows(id) || !stored.events.isEmpty || stored.features != nil else {
            throw Problem(
                status: 404, title: "No such user",
                detail: "neither the run nor an event names '\(id.prefix(64))'",
                field: "id")
        }
        let catalogue = version.catalogue
        let user = version.user(id, stored, in: catalogue)
        let newest = user.events.last?.time ?? .min
        let lent = stored.features?.similarItems.compactMap { place -> Item? in
            catalogue.items.indices.contains(Int(place)) ? catalogue.items[Int(place)] : nil
        }
        return ServiceResponse(
            AnswerForms.user(
                id, profile: user.user.profile,
                recent: user.events.suffix(50).reversed().map { (catalogue.items[Int($0.item)], $0.time) },
                behaviors: user.events.count, stored.features,
                isStale: newest > stored.features?.historyUntil ?? .min, lent: lent ?? [],
                now: now))
    }

    /// The titles that answers are grounded to, for the page.
    func catalogue(_ request: ServiceRequest) async throws -> ServiceResponse {
        let count = Int(try request.count("limit", default: 200, upTo: 10_000))
        let version = versions.active
        let items = version.catalogue.items
        return ServiceResponse([
            "items": .array(version.titles.prefix(count).map { AnswerForms.item(items[Int($0)]) })
        ])
    }

    func putItems(_ request: ServiceRequest) async throws -> ServiceResponse {
        let items = try request.body.withUnsafeBytes { try forms.items($0) }
        try await store.put(items)
        let new = Set(items.map(\.id)).count { versions.active.catalogue[$0] == nil }
        for version in versions.loaded { version.put(items) }
        return ServiceResponse(["items": .integer(Int64(items.count)), "new": .integer(Int64(new))])
    }

    func listVersions(_: ServiceRequest) async throws -> ServiceResponse {
        ServiceResponse(try await switcher.describe())
    }

    func addVersion(_ request: ServiceRequest) async throws -> ServiceResponse {
        let (run, activates) = try request.body.withUnsafeBytes { try forms.version($0) }
        let name = try await switcher.add(run, activates: activates)
        wakeWorker()
        return ServiceResponse(202, ["version": .string(name)])
    }

    func activate(_ request: ServiceRequest) async throws -> ServiceResponse {
        let isForced = try request.body.withUnsafeBytes { try forms.activation($0) }
        try await switcher.activate(request.parameters["v"] ?? "", isForced: isForced)
        return ServiceResponse(["active": .string(versions.active.name)])
    }

    /// Events in their order, for the next run's logs.
    func exported(_ request: ServiceRequest) async throws -> ServiceResponse {
        let after = try request.count("after", default: 0, upTo: .max)
        let count = Int(try request.count("limit", default: 1000, upTo: 10_000))
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        var lines: [UInt8] = []
        for event in try await store.events(after: after, atMost: count) {
            lines += try encoder.encode(event)
            lines.append(UInt8(ascii: "\n"))
        }
        return ServiceResponse(bytes: lines, type: "application/x-ndjson")
    }

    func ready(_: ServiceRequest) async throws -> ServiceResponse {
        try await store.check()
        return ServiceResponse(["status": "ready", "version": .string(versions.active.name)])
    }

    func metrics(_: ServiceRequest) async throws -> ServiceResponse {
        try await switcher.measure(gauges)
        gauges.waiting(ranking.threads.waitingCount)
        return ServiceResponse(
            bytes: Array(gauges.metrics.text().utf8), type: "text/plain; version=0.0.4; charset=utf-8")
    }
}
