public import Foundation
public import LanguageModels
public import Pipeline

/// A model on a server that computes Eq. (1): asked for the log-probabilities of a prompt's tokens, by
/// OpenAI's `echo` with `logprobs`, or by vLLM's `prompt_logprobs`.
///
/// A chain of thought is one request: the prompt as the local chat template writes it, the chain of thought,
/// and the answer, of whose tokens the log-probabilities are kept. Answers are kept as `RemoteModel` keeps
/// them.
public final class RemoteScorer: AnswerScorer {
    private let endpoint: EndpointConfiguration
    private let requests: RemoteRequests
    private let prompt: RemoteModel.Prompt

    /// - Parameters:
    ///   - journal: the file of answers, which a call of a killed run finds again.
    ///   - prompt: the local model's chat template.
    ///   - environment: holds the server's key.
    ///   - backoff: the wait before a second try, in seconds.
    /// - Throws: `RemoteModelError.missingKey`; `RunError.file` for a journal that is none.
    public init(
        _ endpoint: EndpointConfiguration, journal: URL, prompt: RemoteModel.Prompt,
        environment: [String: String] = ProcessInfo.processInfo.environment, backoff: Double = 0.5,
        progress: RunProgress
    ) throws {
        self.endpoint = endpoint
        self.prompt = prompt
        requests = try RemoteRequests(
            endpoint, journal: journal, unanswered: .asked, environment: environment, backoff: backoff,
            progress: progress)
    }

    /// What was asked so far, in a line.
    public var summary: String { requests.summary }

    /// See `AnswerScorer`.
    ///
    /// - Throws: `RemoteModelError`; `RunError.file`.
    public func scores(of prompts: [ScoredPrompt], progress: (Int) -> Void) throws -> [[AnswerScore]] {
        let groups = try prompts.map { prompt in
            try prompt.reasoning.map { reasoning in
                try CompletionRequest(
                    endpoint,
                    context: self.prompt.render(prompt.message) + AnswerFormat.thinkStart + reasoning
                        + AnswerFormat.thinkEnd + "\n" + AnswerFormat.answerStart,
                    answer: prompt.answer)
            }
        }
        let all = groups.flatMap { $0 }
        let perPrompt = Double(all.count) / Double(max(1, prompts.count))
        try requests.answer(all, maximumTokens: 1) { progress(Int(Double($0) / max(1, perPrompt))) }
        requests.note()
        return try groups.map { group in
            try group.map { request in
                try AnswerScore(
                    logProbabilities: requests.journal.answer(to: request.id)?.logProbabilities ?? [])
            }
        }
    }
}
