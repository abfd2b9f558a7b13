import Foundation
import Logging

/// Gathers users that requests asked for, and tells the store of them now and then: ranking never waits for a
/// write. What is lost in a crash is found again at the user's next request.
actor RequestedUsers {
    private let store: any ServingStore
    private let logger: Logger
    private var waiting: [String: (version: String, isStale: Bool)] = [:]
    private var told: [String: Double] = [:]
    private var isTelling = false

    /// How long a user that was told of is not told of again, in seconds.
    private static let pause = 60.0
    /// Users that may wait; those beyond it are told of at a later request.
    private static let limit = 10_000

    init(_ store: any ServingStore, _ logger: Logger) { (self.store, self.logger) = (store, logger) }

    func add(_ user: String, version: String, isStale: Bool) {
        let now = Date().timeIntervalSince1970
        let key = "\(version)/\(isStale)/\(user)"
        if let last = told[key], now - last < (isStale ? 2 : Self.pause) { return }
        if told.count > Self.limit { told.removeAll() }
        guard waiting.count < Self.limit else { return }
        told[key] = now
        waiting[user] = (version, isStale || waiting[user]?.isStale == true)
        if !isTelling {
            isTelling = true
            Task { await tell() }
        }
    }

    private func tell() async {
        while let (user, (version, isStale)) = waiting.first {
            waiting[user] = nil
            do { try await store.requested(user, version: version, isStale: isStale) } catch {
                logger.warning("a requested user could not be noted", metadata: ["error": "\(error)"])
            }
        }
        isTelling = false
    }
}
