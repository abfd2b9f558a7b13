import Synchronization

/// A value that several tasks of a test write.
public final class Shared<Value>: Sendable {
    private let mutex: Mutex<Value>

    /// A first value.
    public init(_ value: sending Value) { mutex = Mutex(value) }

    /// Reads or changes the value.
    public func withLock<Result>(_ body: (inout sending Value) -> sending Result) -> Result {
        mutex.withLock(body)
    }
}
