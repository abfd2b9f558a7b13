import Foundation
import Pipeline
import TestSupport
import Testing

@testable import RankingServer

@Suite("Stores that fail") struct StoreFaultTests {
    private func event(_ id: String) -> LiveEvent {
        LiveEvent(id: id, user: "u", item: "i", time: 9, kind: .purchase)
    }

    private func message(_ body: () throws -> Void) -> String {
        do {
            try body()
            return ""
        } catch { return "\(error)" }
    }

    @Test("a file of another program, a damaged and a cut one are refused") func foreignFiles() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(
            path: "taiji-fault-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let text = folder.appending(path: "text.sqlite")
        try Data("id,name\n".utf8).write(to: text)
        #expect(message { _ = try SQLiteStore(text, ServeConfiguration()) }.contains("no SQLite database"))
        let file = folder.appending(path: "store.sqlite")
        let store = try SQLiteStore(file, ServeConfiguration())
        _ = try await store.append((0..<2000).map { event("\($0)") }) { _ in true }
        await store.close()
        let whole = try Data(contentsOf: file)
        try whole.prefix(whole.count / 2).write(to: file)
        for other in ["-wal", "-shm"] { try? FileManager.default.removeItem(atPath: file.path + other) }
        #expect(message { _ = try SQLiteStore(file, ServeConfiguration()) }.contains("damaged"))
        var foreign = whole
        // The header's application id.
        foreign.replaceSubrange(68..<72, with: [1, 2, 3, 4])
        try foreign.write(to: file)
        #expect(message { _ = try SQLiteStore(file, ServeConfiguration()) }.contains("another program"))
    }

    @Test(
        "Redis that keeps nothing is refused; one that restarts is used again",
        .enabled(if: Redis.isInstalled))
    func redisRestarts() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(
            path: "taiji-redis-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let volatile = try Redis(in: folder, isDurable: false)
        #expect(
            message { _ = try StoreAddress(volatile.address, run: folder).open(ServeConfiguration()) }
                .contains("appendonly"))
        volatile.stop(SIGKILL)
        #expect(
            message { _ = try StoreAddress(volatile.address, run: folder).open(ServeConfiguration()) }
                .contains("cannot be reached"))
        let redis = try Redis(in: folder)
        let store = try StoreAddress(redis.address, run: folder).open(ServeConfiguration())
        #expect(try await store.append([event("a")]) { _ in true } == [true])
        redis.stop(SIGKILL)
        await #expect(throws: ServerError.self) { try await store.append([event("b")]) { _ in true } }
        try redis.start()
        // The first call may find the broken connections.
        for _ in 0..<5 { _ = try? await store.check() }
        #expect(try await store.append([event("a"), event("c")]) { _ in true } == [false, true])
        await store.close()
    }

    @Test(
        "what a dead worker had comes to another one, and at last to the dead letters",
        .enabled(if: Redis.isInstalled))
    func deadWorker() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "taiji-dead-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let redis = try Redis(in: folder)
        var settings = ServeConfiguration()
        (settings.claimSeconds, settings.maximumTries) = (1, 3)
        let workers = try (0..<4).map { _ in try StoreAddress(redis.address, run: folder).open(settings) }
        try await workers[0].register(VersionRecord(name: "v", directory: "d"))
        _ = try await workers[0].append([event("a")]) { _ in true }
        for worker in workers.prefix(3) {
            // Takes it and never answers again.
            let claims = try await worker.claim(version: "v", atMost: 1)
            #expect(claims.map(\.user) == ["u"])
            try await Task.sleep(for: .milliseconds(1100))
        }
        #expect(try await workers[3].claim(version: "v", atMost: 1).isEmpty)
        #expect(try await workers[3].work(version: "v").dead == 1)
        _ = try await workers[0].append([event("b")]) { _ in true }
        #expect(try await workers[3].claim(version: "v", atMost: 1).map(\.user) == ["u"])
        for worker in workers { await worker.close() }
    }
}
