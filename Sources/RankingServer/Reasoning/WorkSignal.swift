import Foundation

/// Wakes and stops a thread that waits for work.
final class WorkSignal: @unchecked Sendable {
    // All access is under the condition's lock.
    private let condition = NSCondition()
    private var hasWork = false
    private var stopped = false

    var isStopped: Bool {
        condition.lock()
        defer { condition.unlock() }
        return stopped
    }

    func wake() {
        condition.lock()
        hasWork = true
        condition.signal()
        condition.unlock()
    }

    func stop() {
        condition.lock()
        stopped = true
        condition.broadcast()
        condition.unlock()
    }

    /// Waits until there is work, or it is stopped, or the time is over.
    func wait(seconds: Double) {
        condition.lock()
        defer { condition.unlock() }
        let end = Date(timeIntervalSinceNow: seconds)
        while !hasWork, !stopped, condition.wait(until: end) {}
        hasWork = false
    }
}
