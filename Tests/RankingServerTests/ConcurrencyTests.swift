import Foundation
import Synchronization
import Testing

@testable import RankingServer

@Suite("Threads, caches and commits") struct ConcurrencyTests {
    @Test("writes that come while one is committed share the next commit") func groupCommit() async throws {
        let commits = Mutex(0)
        let group = GroupCommit<Int, Int>(limit: 1000) { items in
            commits.withLock { $0 += 1 }
            try await Task.sleep(for: .milliseconds(20))
            return items.map { $0 * 2 }
        }
        let results = try await withThrowingTaskGroup(of: (Int, [Int]).self) { tasks in
            for number in 0..<100 {
                tasks.addTask { (number, try await group.add([number, number + 1000])) }
            }
            return try await tasks.reduce(into: [Int: [Int]]()) { $0[$1.0] = $1.1 }
        }
        #expect((0..<100).allSatisfy { results[$0] == [2 * $0, 2 * $0 + 2000] })
        #expect(commits.withLock { $0 } < 20)
    }

    @Test("a failed commit acknowledges nothing, and the next one works") func failedCommit() async throws {
        let isBroken = Mutex(true)
        let group = GroupCommit<Int, Int>(limit: 10) { items in
            if isBroken.withLock({ $0 }) { throw ServerError.store(place: "x", message: "y") }
            return items
        }
        await #expect(throws: ServerError.self) { try await group.add([1]) }
        isBroken.withLock { $0 = false }
        #expect(try await group.add([2]) == [2])
    }

    @Test("work beyond the limit is refused at once") func workLimit() async throws {
        let threads = WorkThreads(count: 1, limit: 2, name: "test")
        let gate = DispatchSemaphore(value: 0)
        async let first: Void = threads.run { gate.wait() }
        // The first is taken by the thread; two more wait.
        try await Task.sleep(for: .milliseconds(100))
        async let second = threads.run { 2 }
        async let third = threads.run { 3 }
        try await Task.sleep(for: .milliseconds(100))
        do {
            _ = try await threads.run { 4 }
            Issue.record("the fourth was taken")
        } catch ServerError.busy {}
        gate.signal()
        try await first
        #expect(try await second + third == 5)
        threads.stop()
    }

    private func event(_ id: String, user: String) -> LiveEvent {
        LiveEvent(id: id, user: user, item: "i", time: 1, kind: .purchase)
    }

    @Test("a user that is written while they are read is not kept as they were") func cacheRace() async throws
    {
        let cache = UserCache(capacity: 10, eventLimit: 5)
        _ = try await cache.load("u", version: "v") {
            cache.append([event("a", user: "u")])
            return StoredUser(events: [], features: nil)
        }
        #expect(cache.user("u", version: "v") == nil)
        _ = try await cache.load("u", version: "v") {
            StoredUser(events: [event("a", user: "u")], features: nil)
        }
        for number in 0..<9 { cache.append([event("\(number)", user: "u")]) }
        #expect(cache.user("u", version: "v")?.events.map(\.id) == ["4", "5", "6", "7", "8"])
        #expect(cache.user("u", version: "other") == nil)
    }

    @Test("the cache keeps those used last") func cacheEviction() async throws {
        let cache = UserCache(capacity: 100, eventLimit: 5)
        for number in 0..<100 {
            _ = try await cache.load("\(number)", version: "v") { StoredUser() }
        }
        _ = cache.user("0", version: "v")
        _ = try await cache.load("new", version: "v") { StoredUser() }
        #expect(cache.count <= 100)
        #expect(cache.user("0", version: "v") != nil && cache.user("new", version: "v") != nil)
        #expect(cache.user("1", version: "v") == nil)
    }
}
