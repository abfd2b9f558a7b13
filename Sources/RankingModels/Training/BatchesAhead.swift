import Dispatch
import Synchronization

/// Computes one element ahead on another thread.
enum BatchesAhead {
    private final class Slot<Element: Sendable>: Sendable {
        private let result = Mutex<Result<Element, any Error>?>(nil)
        private let isReady = DispatchSemaphore(value: 0)

        func fill(_ value: Result<Element, any Error>) {
            result.withLock { $0 = value }
            isReady.signal()
        }

        func take() throws -> Element? {
            isReady.wait()
            return try result.withLock { $0.take() }?.get()
        }
    }

    /// Calls `use` with every element in order while the next one is made.
    ///
    /// - Parameters:
    ///   - make: called for 0, 1, …, one at a time, on another thread.
    ///   - use: called on this thread; what it throws ends the work.
    static func forEach<Element: Sendable>(
        _ count: Int, make: @escaping @Sendable (Int) throws -> Element, use: (Int, Element) throws -> Void
    ) throws {
        let queue = DispatchQueue(label: "batches ahead")
        func start(_ index: Int) -> Slot<Element> {
            let slot = Slot<Element>()
            queue.async { slot.fill(Result { try make(index) }) }
            return slot
        }
        guard count > 0 else { return }
        var next = start(0)
        for index in 0..<count {
            let current = next
            let element = try current.take()
            // Before the element is used, so that both threads work.
            if index + 1 < count { next = start(index + 1) }
            if let element { try use(index, element) }
        }
    }
}
