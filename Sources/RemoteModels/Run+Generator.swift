public import Foundation
public import LanguageModels
public import Pipeline
import Tokenization

/// What a server writes for a run: each has a journal of its own, `requests/<name>.jsonl`.
public enum RemoteWork: String, Sendable, CaseIterable {
    /// The teacher's reasoning, §2.1.2.
    case teacher
    /// Eq. (1) of the teacher's reasoning, §2.2.1.
    case perplexity
    /// The aligned model's reasoning for every user, §2.4.
    case reasoning
    /// Answers of the models to the test users, §3.
    case answers
}

extension Run {
    /// The journal of a server's answers.
    public func journal(of work: RemoteWork) -> URL {
        directory.url.appending(path: "requests").appending(path: "\(work.rawValue).jsonl")
    }

    /// Who writes: a server where the settings name one, or the local engine.
    ///
    /// - Parameters:
    ///   - local: loads the local engine; not called where a server writes.
    /// - Throws: what `local` throws; `RemoteModelError`; `RunError.file`.
    public func generator(
        _ work: RemoteWork, _ endpoint: EndpointConfiguration,
        unanswered: RemoteModel.Unanswered = .asked, local: () throws -> LanguageModel
    ) throws -> any TextGenerator {
        guard endpoint.isUsed else { return try local() }
        return try RemoteModel(
            endpoint, journal: journal(of: work),
            prompt: endpoint.interface == .completions ? prompt() : nil, unanswered: unanswered,
            progress: progress)
    }

    /// Who computes Eq. (1): a server where the settings name one, or the local engine.
    ///
    /// - Parameter local: loads the local engine; not called where a server computes.
    /// - Throws: what `local` throws; `RemoteModelError`; `RunError.file`.
    public func scorer(
        _ work: RemoteWork, _ endpoint: EndpointConfiguration, local: () throws -> PackedScorer
    ) throws -> any AnswerScorer {
        guard endpoint.isUsed else { return try local() }
        return try RemoteScorer(
            endpoint, journal: journal(of: work), prompt: prompt(), progress: progress)
    }

    /// Keeps the answers of a file in OpenAI's batch format.
    ///
    /// - Returns: how many there were, in a line.
    /// - Throws: `RunError.file` for a line that is none.
    public func readAnswers(
        _ file: URL, to work: RemoteWork, _ endpoint: EndpointConfiguration
    ) throws -> String {
        let reading = try BatchFile.read(file, from: endpoint, into: AnswerJournal(journal(of: work)))
        return "\(file.path): \(reading.new) new answers, \(reading.repeated) known, \(reading.failed) failed"
    }

    /// The model's chat template, as text.
    private func prompt() throws -> RemoteModel.Prompt {
        let template = try ModelLocation.template(configuration)
        return RemoteModel.Prompt(stops: template.turnEnd.map { [$0] } ?? []) { message in
            template.render([ChatMessage(role: .user, content: message)])
        }
    }
}
