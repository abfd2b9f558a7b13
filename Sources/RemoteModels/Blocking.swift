import Foundation

/// Waits for asynchronous work on a thread that has none of its own to do.
enum Blocking {
    /// - Parameters:
    ///   - work: runs on other threads.
    ///   - meanwhile: called on this thread five times a second.
    static func wait<Result: Sendable>(
        for work: @escaping @Sendable () async throws -> Result, meanwhile: () -> Void
    ) throws -> Result {
        let done = DispatchSemaphore(value: 0)
        let outcome = Shared<Swift.Result<Result, any Error>?>(nil)
        Task.detached {
            do { outcome.value = .success(try await work()) } catch { outcome.value = .failure(error) }
            done.signal()
        }
        while done.wait(timeout: .now() + 0.2) == .timedOut { meanwhile() }
        meanwhile()
        guard let result = outcome.value else { preconditionFailure("the work signalled without an outcome") }
        return try result.get()
    }
}

/// A value that several threads read and write.
final class Shared<Value: Sendable>: @unchecked Sendable {
    private let lock = NSLock()
    private var stored: Value

    init(_ value: Value) { stored = value }

    var value: Value {
        get { lock.withLock { stored } }
        set { lock.withLock { stored = newValue } }
    }
}
