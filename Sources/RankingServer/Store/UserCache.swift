import Synchronization

/// Users that were read or written lately, at most so many.
final class UserCache: Sendable {
    private struct Entry {
        var events: [LiveEvent]
        var features: [String: LiveFeatures?]
        var used: UInt64
    }

    private struct State {
        var entries: [String: Entry] = [:]
        /// Users that are being read, each with whether something was written meanwhile.
        var loading: [String: Bool] = [:]
        var clock: UInt64 = 0
    }

    private let state = Mutex(State())
    private let capacity: Int
    private let eventLimit: Int

    /// - Parameter eventLimit: events that are kept of a user, the newest.
    init(capacity: Int, eventLimit: Int) { (self.capacity, self.eventLimit) = (capacity, eventLimit) }

    /// Users in memory.
    var count: Int { state.withLock { $0.entries.count } }

    /// A user with a version's features, where both are known.
    func user(_ id: String, version: String) -> StoredUser? {
        state.withLock { state in
            guard let features = state.entries[id]?.features[version] else { return nil }
            state.clock += 1
            state.entries[id]?.used = state.clock
            return StoredUser(events: state.entries[id]?.events ?? [], features: features)
        }
    }

    /// Reads a user, and keeps what was read unless something was written meanwhile.
    func load(_ id: String, version: String, _ read: () async throws -> StoredUser) async throws -> StoredUser
    {
        state.withLock { $0.loading[id] = $0.loading[id] ?? false }
        let user: StoredUser
        do { user = try await read() } catch {
            state.withLock { _ = $0.loading.removeValue(forKey: id) }
            throw error
        }
        state.withLock { state in
            guard state.loading.removeValue(forKey: id) == false else { return }
            state.clock += 1
            var entry = state.entries[id] ?? Entry(events: [], features: [:], used: 0)
            entry.events = user.events
            entry.features[version] = .some(user.features)
            entry.used = state.clock
            state.entries[id] = entry
            Self.evict(&state, capacity)
        }
        return user
    }

    /// Takes in events that were committed.
    func append(_ events: [LiveEvent]) {
        state.withLock { state in
            for event in events {
                if state.loading[event.user] != nil { state.loading[event.user] = true }
                state.entries[event.user]?.events.append(event)
                let excess = (state.entries[event.user]?.events.count ?? 0) - eventLimit
                if excess > 0 { state.entries[event.user]?.events.removeFirst(excess) }
            }
        }
    }

    /// Takes in features that were committed.
    func put(_ features: LiveFeatures) {
        state.withLock { state in
            if state.loading[features.user] != nil { state.loading[features.user] = true }
            state.entries[features.user]?.features[features.version] = features
        }
    }

    /// Leaves out the tenth that was used longest ago where there are too many.
    private static func evict(_ state: inout State, _ capacity: Int) {
        guard state.entries.count > capacity else { return }
        let kept = max(1, capacity - capacity / 10)
        let times = state.entries.values.map(\.used).sorted(by: >)
        let oldest = times[kept - 1]
        state.entries = state.entries.filter { $0.value.used >= oldest }
    }
}
