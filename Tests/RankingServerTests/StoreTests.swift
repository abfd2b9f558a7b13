import Foundation
import Pipeline
import TestSupport
import Testing

@testable import RankingServer

/// Which store a test runs on.
enum StoreKind: String, CaseIterable, CustomTestStringConvertible {
    case sqlite, redis
    var testDescription: String { rawValue }

    /// Those that this machine has.
    static var available: [StoreKind] { Redis.isInstalled ? allCases : [.sqlite] }
}

@Suite("Stores") struct StoreTests {
    private var settings: ServeConfiguration {
        var settings = ServeConfiguration()
        (settings.maximumTries, settings.eventsPerUser) = (2, 5)
        return settings
    }

    private func with(
        _ kind: StoreKind, settings: ServeConfiguration? = nil,
        _ body: (any ServingStore, _ reopen: () throws -> any ServingStore) async throws -> Void
    ) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(
            path: "taiji-store-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let redis = kind == .redis ? try Redis(in: folder) : nil
        let address = redis?.address ?? "sqlite://\(folder.path)/store.sqlite"
        let open = { try StoreAddress(address, run: folder).open(settings ?? self.settings) }
        let store = try open()
        try await store.register(VersionRecord(name: "v1", directory: "d1"))
        try await body(store, open)
        await store.close()
        redis?.stop(SIGKILL)
    }

    private func event(_ id: String, user: String = "u", kind: LiveEvent.Kind = .purchase) -> LiveEvent {
        LiveEvent(id: id, user: user, item: "i", time: 9, kind: kind)
    }

    private func features(_ user: String, version: String = "v1", position: Int64, text: String = "t")
        -> LiveFeatures
    {
        LiveFeatures(
            user: user, version: version, text: text, codes: [1, 2], codebook: "c", similarUsers: ["w"],
            similarities: [0.5], similarItems: [3], madeAt: 1, historyUntil: 9, position: position)
    }

    private static let isBehavior: @Sendable (LiveEvent) -> Bool = { $0.kind == .purchase }

    @Test("an event is kept once, and is there after a restart", arguments: StoreKind.available)
    func idempotent(kind: StoreKind) async throws {
        try await with(kind) { store, reopen in
            let first = try await store.append(
                [event("a"), event("b"), event("a")], marksStale: Self.isBehavior)
            #expect(first == [true, true, false])
            #expect(
                try await store.append([event("b"), event("c")], marksStale: Self.isBehavior) == [
                    false, true,
                ])
            #expect(try await store.user("u", version: "v1").events.map(\.id) == ["a", "b", "c"])
            await store.close()
            let again = try reopen()
            let user = try await again.user("u", version: "v1")
            #expect(user.events.map(\.id) == ["a", "b", "c"] && user.features == nil)
            #expect(user.events.map(\.position) == user.events.map(\.position).sorted())
            #expect(try await again.events(after: 0, atMost: 10).map(\.id) == ["a", "b", "c"])
            #expect(try await again.events(after: user.events[0].position, atMost: 1).map(\.id) == ["b"])
            await again.close()
        }
    }

    @Test("only the newest events of a user are read", arguments: StoreKind.available)
    func eventLimit(kind: StoreKind) async throws {
        try await with(kind) { store, _ in
            _ = try await store.append((0..<9).map { event("\($0)") }, marksStale: Self.isBehavior)
            #expect(try await store.user("u", version: "v1").events.map(\.id) == ["4", "5", "6", "7", "8"])
        }
    }

    @Test("behaviours make work once, and features end it", arguments: StoreKind.available)
    func work(kind: StoreKind) async throws {
        try await with(kind) { store, _ in
            _ = try await store.append(
                [event("a"), event("b"), event("c", user: "x", kind: .view)], marksStale: Self.isBehavior)
            #expect(try await store.work(version: "v1").waiting == 1)
            let claims = try await store.claim(version: "v1", atMost: 5)
            #expect(claims.map(\.user) == ["u"])
            #expect(try await store.claim(version: "v1", atMost: 5).isEmpty)
            let position = try await store.user("u", version: "v1").events.last?.position ?? 0
            try await store.finish(claims[0], features("u", position: position), embedding: [0.5, 0.25])
            #expect(try await store.user("u", version: "v1").features == features("u", position: position))
            #expect(try await store.work(version: "v1").waiting == 0)
            let found = Found()
            try await store.forEachEmbedding(version: "v1") { found.add($0, $1) }
            #expect(found.rows.map(\.0) == ["u"] && found.rows.map(\.1) == [[0.5, 0.25]])
        }
    }

    /// What a closure was called with.
    private final class Found {
        var rows: [(String, [Float])] = []
        func add(_ user: String, _ embedding: [Float]) { rows.append((user, embedding)) }
    }

    @Test(
        "an event that comes while a user is reasoned about makes work again", arguments: StoreKind.available)
    func eventMeanwhile(kind: StoreKind) async throws {
        try await with(kind) { store, _ in
            _ = try await store.append([event("a")], marksStale: Self.isBehavior)
            let claim = try await store.claim(version: "v1", atMost: 1)[0]
            let position = try await store.user("u", version: "v1").events.last?.position ?? 0
            _ = try await store.append([event("b")], marksStale: Self.isBehavior)
            try await store.finish(claim, features("u", position: position), embedding: [1])
            #expect(try await store.claim(version: "v1", atMost: 1).map(\.user) == ["u"])
        }
    }

    @Test("users that a request asked for come first", arguments: StoreKind.available)
    func requestedFirst(kind: StoreKind) async throws {
        try await with(kind) { store, _ in
            _ = try await store.append(
                [event("a", user: "first"), event("b", user: "second")], marksStale: Self.isBehavior)
            try await store.requested("asked", version: "v1", isStale: true)
            try await store.requested("calm", version: "v1", isStale: false)
            let claims = try await store.claim(version: "v1", atMost: 5)
            #expect(claims.map(\.user) == ["asked", "first", "second"])
            try await store.release(claims)
            #expect(
                Set(try await store.claim(version: "v1", atMost: 5).map(\.user)) == [
                    "asked", "first", "second",
                ])
        }
    }

    @Test("a user whose reasoning keeps failing is given up until a new event", arguments: [StoreKind.sqlite])
    func givenUp(kind: StoreKind) async throws {
        try await with(kind) { store, _ in
            _ = try await store.append([event("a")], marksStale: Self.isBehavior)
            for _ in 0..<2 {
                let claims = try await store.claim(version: "v1", atMost: 1)
                #expect(claims.count == 1)
                for claim in claims { try await store.fail(claim, message: "no luck") }
            }
            #expect(try await store.claim(version: "v1", atMost: 1).isEmpty)
            #expect(
                try await store.work(version: "v1")
                    == WorkStatus(waiting: 0, oldest: nil, dead: 1, dropped: 0))
            _ = try await store.append([event("b")], marksStale: Self.isBehavior)
            #expect(try await store.claim(version: "v1", atMost: 1).map(\.user) == ["u"])
        }
    }

    @Test("a full backlog leaves out work, never events", arguments: StoreKind.available)
    func backlog(kind: StoreKind) async throws {
        var settings = settings
        settings.backlogLimit = 100
        try await with(kind, settings: settings) { store, _ in
            _ = try await store.append(
                (0..<320).map { event("\($0)", user: "u\($0)") }, marksStale: Self.isBehavior)
            let status = try await store.work(version: "v1")
            #expect(status.waiting == 100 && status.dropped == 220)
            #expect(try await store.events(after: 0, atMost: 1000).count == 320)
            #expect(try await store.claim(version: "v1", atMost: 1).map(\.user) == ["u0"])
        }
    }

    @Test("versions have features and work of their own", arguments: StoreKind.available)
    func versions(kind: StoreKind) async throws {
        try await with(kind) { store, _ in
            #expect(try await store.activeVersion() == nil)
            try await store.activate("v1")
            try await store.importFeatures([features("u", position: 0), features("calm", position: 0)])
            _ = try await store.append([event("a")], marksStale: Self.isBehavior)
            try await store.requested("calm", version: "v1", isStale: false)
            #expect(try await store.coverage(version: "v1") == (2, 1))
            try await store.register(VersionRecord(name: "v2", directory: "d2", activatesWhenReady: true))
            try await store.prepare(version: "v2")
            #expect(try await store.coverage(version: "v2") == (2, 0))
            for claim in try await store.claim(version: "v2", atMost: 9) {
                try await store.finish(
                    claim, features(claim.user, version: "v2", position: 1), embedding: [1])
            }
            #expect(try await store.coverage(version: "v2") == (2, 2))
            #expect(try await store.user("u", version: "v1").features?.version == "v1")
            #expect(try await store.user("u", version: "v2").features?.version == "v2")
            try await store.activate("v2")
            #expect(try await store.activeVersion() == "v2")
            #expect(try await store.versions().map(\.activatesWhenReady) == [false, false])
        }
    }

    @Test("items are followed from a change on", arguments: StoreKind.available)
    func items(kind: StoreKind) async throws {
        try await with(kind) { store, _ in
            let item = Item(id: "a", title: "t", categories: ["x"], brand: "b", price: nil)
            try await store.put([item])
            let (first, change) = try await store.items(after: 0)
            #expect(first == [item])
            var changed = item
            changed.title = "u"
            try await store.put([changed])
            #expect(try await store.items(after: change).items == [changed])
        }
    }
}
