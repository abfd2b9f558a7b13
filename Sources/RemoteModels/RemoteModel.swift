public import Foundation
public import LanguageModels
public import Pipeline

/// A model on a server, asked over OpenAI's interface; takes the local engine's place wherever text is
/// written.
///
/// Every answer is on disk before it counts, under the content of its request: the same inputs give the same
/// bytes whatever the server did meanwhile, and a killed call asks only for what is missing.
public final class RemoteModel: TextGenerator {
    /// What becomes of requests without an answer.
    public enum Unanswered: Sendable {
        /// The server is asked.
        case asked
        /// They are written to a file in OpenAI's batch format.
        case written(URL)
        /// None may be missing.
        case refused
    }

    private let endpoint: EndpointConfiguration
    private let journal: AnswerJournal
    private let key: String?
    private let prompt: Prompt?
    private let unanswered: Unanswered
    private let backoff: Double
    private let progress: RunProgress
    private var counts = RequestCounts()
    /// Whether the server's context was compared with the length of answers.
    private var isChecked = false

    /// How the local chat template writes a prompt, for the completions interface.
    public struct Prompt: Sendable {
        let render: @Sendable (String) -> String
        let stops: [String]

        /// - Parameters:
        ///   - stops: texts that end the assistant's turn.
        ///   - render: the prompt of a user's message, up to where the assistant's turn begins.
        public init(stops: [String], render: @escaping @Sendable (String) -> String) {
            self.stops = stops
            self.render = render
        }
    }

    /// - Parameters:
    ///   - journal: the file of answers, which a call of a killed run finds again.
    ///   - prompt: needed for the completions interface.
    ///   - environment: holds the server's key.
    ///   - backoff: the wait before a second try, in seconds.
    /// - Throws: `RemoteModelError.missingKey`; `RunError.file` for a journal that is none.
    public init(
        _ endpoint: EndpointConfiguration, journal: URL, prompt: Prompt?, unanswered: Unanswered = .asked,
        environment: [String: String] = ProcessInfo.processInfo.environment, backoff: Double = 0.5,
        progress: RunProgress
    ) throws {
        self.endpoint = endpoint
        self.journal = try AnswerJournal(journal)
        self.prompt = endpoint.interface == .completions ? prompt : nil
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

    /// Only a prompt that is sent as text can hold the beginning of a turn.
    public var continuesBeginnings: Bool { prompt != nil }

    /// Many, so that the server never waits for the last answer of a batch.
    public func promptsAtOnce(_ count: Int) -> Int { max(count, 4_096) }

    /// What was asked so far, in a line: requests, tries, tokens, cost, failures.
    public var summary: String { counts.summary(endpoint.budget) }

    /// See `TextGenerator`.
    ///
    /// - Throws: `RemoteModelError`; `RunError.file`.
    public func turns(
        of prompts: [TextPrompt], candidates: Int, seed: UInt64, sampling: SamplingConfiguration,
        progress: (Int) -> Void
    ) throws -> [[TextTurn]] {
        let groups = try prompts.map { try TurnRequests($0, candidates, seed, sampling, endpoint, prompt) }
        // All turns of a prompt at once; of a server that sends fewer, the others one by one.
        let requests = groups.map(\.all)
        try answer(requests, sampling, turnsDone: progress)
        if candidates > 1 {
            let others = groups.flatMap { $0.others(after: turnCount([$0.all])) }
            let begun = turnCount(requests)
            try answer(others, sampling) { progress(begun + $0) }
        }
        self.progress.note("  \(endpoint.model) at \(endpoint.url): \(summary)")
        return groups.map { $0.turns(journal) }
    }

    /// Turns of the answers that are known.
    private func turnCount(_ requests: [CompletionRequest]) -> Int {
        requests.reduce(0) { $0 + (journal.answer(to: $1.id)?.choices.count ?? 0) }
    }

    private func answer(
        _ requests: [CompletionRequest], _ sampling: SamplingConfiguration, turnsDone: (Int) -> Void
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
        let longest = isChecked ? 0 : sampling.maximumTokens
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

/// The requests whose answers are one prompt's turns.
private struct TurnRequests {
    /// All of them at once.
    let all: CompletionRequest
    /// Those from the second on, each alone.
    private let single: [CompletionRequest]
    private let beginning: String
    private let candidates: Int

    init(
        _ prompt: TextPrompt, _ candidates: Int, _ seed: UInt64, _ sampling: SamplingConfiguration,
        _ endpoint: EndpointConfiguration, _ template: RemoteModel.Prompt?
    ) throws {
        self.candidates = candidates
        beginning = template == nil ? "" : prompt.beginning
        let text = template.map { $0.render(prompt.message) + prompt.beginning }
        func request(_ place: Int, choices: Int) throws -> CompletionRequest {
            let own = SeededGenerator(seed: seed, path: prompt.key, place).state
            return try CompletionRequest(
                endpoint, message: prompt.message, text: text, stops: template?.stops ?? [],
                seed: Int(own >> 33), sampling: sampling, choices: choices)
        }
        all = try request(0, choices: candidates)
        single = try (1..<max(1, candidates)).map { try request($0, choices: 1) }
    }

    /// The requests for turns that a server did not send.
    func others(after count: Int) -> [CompletionRequest] { Array(single.dropFirst(max(0, count - 1))) }

    func turns(_ journal: AnswerJournal) -> [TextTurn] {
        let answers = [all.id] + single.map(\.id)
        let found = answers.compactMap(journal.answer)
        let turns = found.flatMap { answer in
            answer.choices.map { choice in
                TextTurn(
                    text: beginning + choice.parts.turn(isTruncated: choice.isTruncated),
                    tokens: answer.completionTokens / max(1, answer.choices.count),
                    isTruncated: choice.isTruncated)
            }
        }
        return Array(turns.prefix(candidates))
    }
}
