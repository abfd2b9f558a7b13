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
    private let requests: RemoteRequests
    private let prompt: Prompt?

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
        self.prompt = endpoint.interface == .completions ? prompt : nil
        requests = try RemoteRequests(
            endpoint, journal: journal, unanswered: unanswered, environment: environment, backoff: backoff,
            progress: progress)
    }

    /// Only a prompt that is sent as text can hold the beginning of a turn.
    public var continuesBeginnings: Bool { prompt != nil }

    /// Many, so that the server never waits for the last answer of a batch.
    public func promptsAtOnce(_ count: Int) -> Int { max(count, 4_096) }

    /// What was asked so far, in a line: requests, tries, tokens, cost, failures.
    public var summary: String { requests.summary }

    /// See `TextGenerator`.
    ///
    /// - Throws: `RemoteModelError`; `RunError.file`.
    public func turns(
        of prompts: [TextPrompt], candidates: Int, seed: UInt64, sampling: SamplingConfiguration,
        progress: (Int) -> Void
    ) throws -> [[TextTurn]] {
        let groups = try prompts.map { try TurnRequests($0, candidates, seed, sampling, endpoint, prompt) }
        // All turns of a prompt at once; of a server that sends fewer, the others one by one.
        let all = groups.map(\.all)
        try requests.answer(all, maximumTokens: sampling.maximumTokens, turnsDone: progress)
        if candidates > 1 {
            let others = groups.flatMap { $0.others(after: requests.turnCount([$0.all])) }
            let begun = requests.turnCount(all)
            try requests.answer(others, maximumTokens: sampling.maximumTokens) { progress(begun + $0) }
        }
        requests.note()
        return groups.map { $0.turns(requests.journal) }
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
