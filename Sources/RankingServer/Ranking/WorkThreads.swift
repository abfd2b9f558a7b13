import Foundation
import Synchronization

/// A few threads that compute, and a bounded queue before them: whoever comes when it is full is told so at
/// once, and asynchronous code never waits for a computation on a thread of its own.
final class WorkThreads: Sendable {
    private struct State {
        var waiting: [@Sendable () -> Void] = []
        var head = 0
        var isStopped = false
        var count: Int { waiting.count - head }
    }

    private final class Box: @unchecked Sendable {
        // All access is under the condition's lock.
        var state = State()
        let condition = NSCondition()
    }

    private let box = Box()
    private let limit: Int

    /// - Parameters:
    ///   - count: threads.
    ///   - limit: pieces of work that may wait.
    ///   - prepare: called on each thread before its first work.
    init(count: Int, limit: Int, name: String, prepare: @escaping @Sendable () -> Void = {}) {
        self.limit = limit
        for number in 0..<count {
            let box = box
            let thread = Thread {
                prepare()
                Self.work(box)
            }
            thread.name = "\(name)-\(number)"
            thread.stackSize = 8 << 20
            thread.start()
        }
    }

    /// Pieces of work that wait.
    var waitingCount: Int {
        box.condition.lock()
        defer { box.condition.unlock() }
        return box.state.count
    }

    /// Does a piece of work on one of the threads.
    ///
    /// - Throws: `ServerError.busy` where too many wait; what `body` throws.
    func run<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            let isTaken = add { continuation.resume(with: Result { try body() }) }
            if !isTaken { continuation.resume(throwing: ServerError.busy) }
        }
    }

    private func add(_ work: @escaping @Sendable () -> Void) -> Bool {
        box.condition.lock()
        defer { box.condition.unlock() }
        guard !box.state.isStopped, box.state.count < limit else { return false }
        box.state.waiting.append(work)
        box.condition.signal()
        return true
    }

    /// Ends the threads once what waits is done.
    func stop() {
        box.condition.lock()
        box.state.isStopped = true
        box.condition.broadcast()
        box.condition.unlock()
    }

    private static func work(_ box: Box) {
        while true {
            box.condition.lock()
            while box.state.count == 0, !box.state.isStopped { box.condition.wait() }
            guard box.state.count > 0 else {
                box.condition.unlock()
                return
            }
            let work = box.state.waiting[box.state.head]
            box.state.head += 1
            if box.state.head > 1024, box.state.head * 2 > box.state.waiting.count {
                box.state.waiting.removeFirst(box.state.head)
                box.state.head = 0
            }
            box.condition.unlock()
            work()
        }
    }
}
