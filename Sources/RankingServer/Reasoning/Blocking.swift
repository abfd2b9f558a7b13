import Foundation
import Synchronization

/// Waits for asynchronous work on a thread of one's own; never on one that asynchronous code runs on.
func blocking<Value: Sendable>(_ body: @escaping @Sendable () async throws -> Value) throws -> Value {
    let (done, outcome) = (DispatchSemaphore(value: 0), Outcome<Value>())
    Task {
        do {
            let value = try await body()
            outcome.set(.success(value))
        } catch { outcome.set(.failure(error)) }
        done.signal()
    }
    done.wait()
    return try outcome.get()
}

/// Where a task leaves its result for the thread that waits.
private final class Outcome<Value: Sendable>: Sendable {
    private let result = Mutex<Result<Value, any Error>?>(nil)

    func set(_ value: Result<Value, any Error>) { result.withLock { $0 = value } }

    func get() throws -> Value {
        guard let found = result.withLock({ $0 }) else { throw CancellationError() }
        return try found.get()
    }
}
