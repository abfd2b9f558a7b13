import Foundation
import Pipeline

/// The requests of a step to one server: what is known of them from before, and what is asked now.
final class RemoteRequests {
    let journal: AnswerJournal
    private let endpoint: EndpointConfiguration
    private let key: String?
    private let unanswered: RemoteModel.Unanswered
    private let backoff: Double
    private let progress: RunProgress
    private var counts = RequestCounts()
    /// Whether the server's context was compared with the length of answers.
    private var isChecked = false

    /// See `RemoteModel`.
    init(
        _ endpoint: EndpointConfiguration, journal: URL, unanswered: RemoteModel.Unanswered,
        environment: [String: String], backoff: Double, progress: RunProgress
    ) throws {
        self.endpoint = endpoint
        self.journal = try AnswerJournal(journal)
        self.unanswered = unanswered
        self.backoff = backoff
        self.progress = progress
        if endpoint.keyVariable.isEmpty {
            key = nil
        } else {
            guard let key = environment[endpoint.keyVariable], !key.isEmpty else {
                throw RemoteModelError.missingKey(variable: endpoint.keyVariable)
            }
            self.key = key
        }
    }

    /// What was asked so far, in a line: requests, tries, tokens, cost, failures.
    var summary: String { counts.summary(endpoint.budget) }

    /// Says what was asked so far.
    func note() { progress.note("  \(endpoint.model) at \(endpoint.url): \(summary)") }

    /// Turns of the answers that are known.
    func turnCount(_ requests: [CompletionRequest]) -> Int {
        requests.reduce(0) { $0 + (journal.answer(to: $1.id)?.turnCount ?? 0) }
    }

    /// Sees to it that every request has its answer in the journal.
    ///
    /// - Parameters:
    ///   - maximumTokens: of an answer, which the server's context has to hold.
    ///   - turnsDone: called on this thread with the number of turns that are there.
    /// - Throws: `RemoteModelError`; `RunError.file`.
    func answer(
        _ requests: [CompletionRequest], maximumTokens: Int, turnsDone: (Int) -> Void
    ) throws {
        let missing = requests.filter { journal.answer(to: $0.id) == nil }
        counts.known += requests.count - missing.count
        guard !missing.isEmpty else { return }
        switch unanswered {
        case .written(let file):
            try BatchFile.write(missing, to: file)
            throw RemoteModelError.requestsWritten(count: missing.count, file: file.path)
        case .refused: throw RemoteModelError.unanswered(count: missing.count)
        case .asked:
            guard !endpoint.url.isEmpty else { throw RemoteModelError.noAddress(count: missing.count) }
        }
        let pool = RequestPool(endpoint: endpoint, key: key, backoff: backoff)
        let longest = isChecked ? 0 : maximumTokens
        isChecked = true
        let known = turnCount(requests)
        let work = PoolWork(counts: counts, journal: journal)
        defer { counts = work.counts }
        try Blocking.wait(
            for: {
                if longest > 0 { try await pool.checkContext(answers: longest) }
                try await pool.answers(to: missing, keepingIn: work.journal, &work.counts) {
                    work.done.value = $0
                }
            },
            meanwhile: {
                turnsDone(known + work.done.value)
            })
    }
}

/// What the pool changes while the calling thread waits for it.
private final class PoolWork: @unchecked Sendable {
    var counts: RequestCounts
    let journal: AnswerJournal
    let done = Shared(0)

    init(counts: RequestCounts, journal: AnswerJournal) {
        self.counts = counts
        self.journal = journal
    }
}
