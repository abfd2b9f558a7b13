/// Gathers writes that come while another is committed, and commits them together: one wait for the disk
/// serves all of them.
actor GroupCommit<Item: Sendable, Result: Sendable> {
    private struct Waiting {
        let items: [Item]
        let continuation: CheckedContinuation<[Result], any Error>
    }

    private let limit: Int
    private let commit: @Sendable ([Item]) async throws -> [Result]
    private var waiting: [Waiting] = []
    private var isCommitting = false

    /// - Parameters:
    ///   - limit: writes that may wait.
    ///   - commit: does all or nothing, and gives a result for each item.
    init(limit: Int, _ commit: @escaping @Sendable ([Item]) async throws -> [Result]) {
        (self.limit, self.commit) = (limit, commit)
    }

    /// Returns once the items are committed.
    ///
    /// - Throws: `ServerError.busy`, or what the commit threw.
    func add(_ items: [Item]) async throws -> [Result] {
        guard waiting.count < limit else { throw ServerError.busy }
        return try await withCheckedThrowingContinuation { continuation in
            waiting.append(Waiting(items: items, continuation: continuation))
            if !isCommitting {
                isCommitting = true
                Task { await drain() }
            }
        }
    }

    private func drain() async {
        while !waiting.isEmpty {
            let batch = waiting
            waiting = []
            do {
                var results = try await commit(batch.flatMap(\.items))[...]
                for write in batch {
                    write.continuation.resume(returning: Array(results.prefix(write.items.count)))
                    results = results.dropFirst(write.items.count)
                }
            } catch {
                for write in batch { write.continuation.resume(throwing: error) }
            }
        }
        isCommitting = false
    }
}
