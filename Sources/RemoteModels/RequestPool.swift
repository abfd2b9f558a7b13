import Foundation
import Pipeline

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

/// Asks a server many things at once: as many at a time as it takes, each until it has an answer.
///
/// All decisions are made in one place, `answers(to:)`; tasks only send and read.
struct RequestPool {
    let endpoint: EndpointConfiguration
    let key: String?
    /// The wait before a second try, in seconds; it doubles with every further one.
    var backoff = 0.5

    /// Longest wait between two tries, in seconds.
    private static let longestWait = 60.0

    private enum Event: Sendable {
        case answer(Int, ServerAnswer)
        case fault(Int, AnswerFault)
        case tick
    }

    /// Answers requests in any order.
    ///
    /// - Parameters:
    ///   - journal: gets each answer as soon as it is there.
    ///   - counts: of this call.
    ///   - answered: called with the number of turns that have come.
    /// - Throws: `RemoteModelError`, after the answers under way have come; `RunError.file`.
    func answers(
        to requests: [CompletionRequest], keepingIn journal: AnswerJournal, _ counts: inout RequestCounts,
        answered: (Int) -> Void
    ) async throws {
        let connection = HTTPConnection(concurrency: endpoint.concurrency)
        defer { connection.close() }
        try await withThrowingTaskGroup(of: Event.self) { group in
            var state = PoolState(count: requests.count, concurrency: endpoint.concurrency)
            while state.done < requests.count {
                let now = Date()
                while state.error == nil, let index = state.next(now) {
                    if let limit = exceeded(journal, counts) {
                        state.error = RemoteModelError.budget(
                            limit: limit.limit, spent: limit.spent, missing: requests.count - state.done)
                        break
                    }
                    state.begin(index)
                    counts.requests += 1
                    if state.attempts[index] > 1 { counts.retries += 1 }
                    let request = requests[index]
                    group.addTask { try await event(index, request, connection) }
                }
                if state.running == 0 {
                    if let error = state.error { throw error }
                }
                if state.error == nil, let wait = state.wait(from: now) {
                    state.isTicking = true
                    group.addTask {
                        try await Task.sleep(for: .seconds(wait))
                        return .tick
                    }
                }
                guard let event = try await group.next() else { break }
                switch event {
                case .tick: state.isTicking = false
                case .answer(let index, let answer):
                    try journal.keep(answer, to: requests[index].id)
                    counts.add(answer)
                    state.finish(turns: answer.turnCount)
                    answered(state.turns)
                case .fault(let index, let fault):
                    counts.add(fault)
                    let tries = state.attempts[index]
                    if fault.isPassing, tries < endpoint.attempts {
                        let wait = max(fault.retryAfter ?? 0, self.wait(after: tries))
                        state.postpone(index, until: Date() + wait, fault.kind)
                    } else {
                        state.fail(final(fault, tries))
                    }
                }
            }
            group.cancelAll()
        }
    }

    /// A random part of a time that doubles, so that many clients do not come back at once.
    private func wait(after tries: Int) -> Double {
        min(Self.longestWait, backoff * Double(1 << min(tries - 1, 20))) * Double.random(in: 0.5...1)
    }

    private func final(_ fault: AnswerFault, _ tries: Int) -> RemoteModelError {
        switch fault.kind {
        // An answer came, and another try would bring the same.
        case .refused where (200..<300).contains(fault.status):
            .dishonest(url: endpoint.url, what: fault.what, body: fault.body)
        case .refused:
            .refused(
                url: endpoint.url, status: fault.status, body: fault.body.isEmpty ? fault.what : fault.body)
        case .dishonest: .dishonest(url: endpoint.url, what: fault.what, body: fault.body)
        default:
            .gaveUp(
                url: endpoint.url, attempts: tries,
                last: "it \(fault.what)"
                    + (fault.body.isEmpty ? "" : ": \(RemoteModelError.excerpt(fault.body))"))
        }
    }

    /// Which limit of the budget the next request would pass.
    private func exceeded(
        _ journal: AnswerJournal, _ counts: RequestCounts
    ) -> (limit: String, spent: String)? {
        let budget = endpoint.budget
        if budget.requests > 0, counts.requests >= budget.requests {
            return ("\(budget.requests) requests", "\(counts.requests) requests")
        }
        let tokens = journal.tokens
        if budget.tokens > 0, tokens.prompts + tokens.answers >= budget.tokens {
            return ("\(budget.tokens) tokens", "\(tokens.prompts + tokens.answers) tokens")
        }
        let cost = budget.cost(tokens.prompts, tokens.answers)
        if budget.cost > 0, cost >= budget.cost {
            return ("\(budget.cost)", String(format: "%.4f", cost))
        }
        return nil
    }

    private func event(
        _ index: Int, _ request: CompletionRequest, _ connection: HTTPConnection
    ) async throws -> Event {
        do { return .answer(index, try await answer(to: request, connection)) } catch let fault as AnswerFault
        {
            return .fault(index, fault)
        }
    }

    private func answer(
        to request: CompletionRequest, _ connection: HTTPConnection
    ) async throws -> ServerAnswer {
        guard let url = URL(string: endpoint.url + request.path) else {
            throw AnswerFault(kind: .refused, what: "is no address", body: endpoint.url)
        }
        var sent = URLRequest(url: url)
        sent.httpMethod = "POST"
        sent.httpBody = try request.data(streams: endpoint.streams && request.scored == nil)
        sent.setValue("application/json", forHTTPHeaderField: "Content-Type")
        if let key { sent.setValue("Bearer \(key)", forHTTPHeaderField: "Authorization") }
        let reply = try await connection.reply(to: sent, within: endpoint.timeouts)
        if (200..<300).contains(reply.status) {
            return try ServerAnswer(reply.body, from: endpoint, scored: request.scored)
                .counted(promptBytes: request.promptBytes)
        }
        let kind: AnswerFault.Kind =
            switch reply.status {
            case 429, 503: .overloaded
            case 408, 425: .timeout
            case 500...: .serverError
            default: .refused
            }
        throw AnswerFault(
            kind: kind, what: "answered \(reply.status)", body: String(decoding: reply.body, as: UTF8.self),
            status: reply.status, retryAfter: reply.retryAfter)
    }
}

/// What a pool has begun and what waits.
private struct PoolState {
    var done = 0
    /// Turns of the answers.
    var turns = 0
    var running = 0
    var attempts: [Int]
    /// Why no more is begun.
    var error: RemoteModelError?
    /// Whether a timer is set.
    var isTicking = false
    private var fresh = 0
    private var postponed: [(index: Int, until: Date)] = []
    /// Requests at a time: rises by one for as many answers, halves when the server refuses one for its load
    /// or
    /// breaks it off.
    private var limit: Double
    private let concurrency: Double
    /// Until when nothing is sent.
    private var pause = Date.distantPast

    init(count: Int, concurrency: Int) {
        attempts = [Int](repeating: 0, count: count)
        self.concurrency = Double(concurrency)
        limit = Double(concurrency)
    }

    /// A request that may be sent now.
    mutating func next(_ now: Date) -> Int? {
        guard running < Int(limit), now >= pause else { return nil }
        if let place = postponed.firstIndex(where: { $0.until <= now }) {
            return postponed.remove(at: place).index
        }
        guard fresh < attempts.count else { return nil }
        fresh += 1
        return fresh - 1
    }

    mutating func begin(_ index: Int) {
        attempts[index] += 1
        running += 1
    }

    mutating func finish(turns: Int) {
        running -= 1
        done += 1
        self.turns += turns
        limit = min(concurrency, limit + 1 / limit)
    }

    mutating func postpone(_ index: Int, until: Date, _ kind: AnswerFault.Kind) {
        running -= 1
        postponed.append((index, until))
        // Some servers break off a request when another comes, which is a refusal for load too.
        guard kind == .overloaded || kind == .cutOff || kind == .timeout else { return }
        // Requests that were under way together fail together, which counts once.
        if Date() >= pause { limit = max(1, limit / 2) }
        if kind == .overloaded { pause = max(pause, until) }
    }

    mutating func fail(_ error: RemoteModelError) {
        running -= 1
        self.error = self.error ?? error
    }

    /// Seconds until something that waits may be sent; nil where nothing waits or a timer is set.
    func wait(from now: Date) -> Double? {
        guard !isTicking, running < Int(limit) else { return nil }
        let earliest = fresh < attempts.count ? pause : postponed.map { max($0.until, pause) }.min()
        return earliest.map { max(0.01, $0.timeIntervalSince(now)) }
    }
}
