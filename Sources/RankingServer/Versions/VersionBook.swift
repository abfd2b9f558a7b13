import Foundation
import Pipeline
import Synchronization

/// The versions that are loaded: the one that answers, and those that are being prepared.
public final class VersionBook: Sendable {
    private struct State {
        var active: ServedVersion
        var loaded: [String: ServedVersion]
        var isLoading: Set<String> = []
    }

    private let state: Mutex<State>

    /// Begins with the version that answers.
    public init(_ active: ServedVersion) {
        state = Mutex(State(active: active, loaded: [active.name: active]))
    }

    /// The version that answers now. Who holds it answers with it throughout.
    public var active: ServedVersion { state.withLock { $0.active } }
    /// All versions in memory.
    public var loaded: [ServedVersion] { state.withLock { Array($0.loaded.values) } }
    /// A version in memory.
    public subscript(name: String) -> ServedVersion? { state.withLock { $0.loaded[name] } }

    /// Adds a version beside the others.
    func add(_ version: ServedVersion) {
        state.withLock { $0.loaded[version.name] = $0.loaded[version.name] ?? version }
    }

    /// Lets a loaded version answer, in one step.
    ///
    /// - Returns: whether it is loaded.
    func activate(_ name: String) -> Bool {
        state.withLock { state in
            guard let version = state.loaded[name] else { return false }
            state.active = version
            return true
        }
    }
}
