import Foundation
import LanguageModels
import Pipeline
import Tokenization

/// One stretch of generation, until no request waits and none is under way. Lives on the engine's thread.
final class TextRound {
    /// A request with the channel to its client.
    struct Job: Sendable {
        let request: TextRequest
        let events: AsyncStream<TextEngine.Event>.Continuation
        let isCancelled: Flag
    }

    private struct Choice {
        var text: TextAssembler
        var count = 0
    }

    private final class Work {
        let job: Job
        var choices: [Choice] = []
        var left: Int

        init(_ job: Job, left: Int) { (self.job, self.left) = (job, left) }
    }

    private let model: LanguageModel
    private let takeJob: () -> Job?
    private var generator: Generator
    private var waiting: [GenerationRequest] = []
    /// By the key of their prompts.
    private var works: [Int: (work: Work, firstChoice: Int)] = [:]
    private var nextKey = 0

    init(_ model: LanguageModel, batchSize: Int, takeJob: @escaping () -> Job?) {
        self.model = model
        self.takeJob = takeJob
        generator = model.generator
        generator.batchSize = batchSize
    }

    func perform() throws {
        try generator.generate(
            next: next, drawn: drawn,
            isWanted: { self.works[$0.key].map { !$0.work.job.isCancelled.isSet } ?? false })
    }

    /// Tells every client of this round that it failed.
    func fail(_ problem: Problem) {
        for (work, _) in works.values {
            work.job.events.yield(.failed(problem))
            work.job.events.finish()
        }
        works = [:]
        waiting = []
    }

    private func next() throws -> GenerationRequest? {
        works = works.filter { !$0.value.work.job.isCancelled.isSet }
        // A prompt of which some completion was begun keeps its others, which go on from it.
        while let first = waiting.first, first.place.choice == 0, works[first.place.key] == nil {
            waiting.removeAll { $0.place.key == first.place.key }
        }
        while waiting.isEmpty {
            guard let job = takeJob() else { return nil }
            if job.isCancelled.isSet { continue }
            do { try begin(job) } catch {
                job.events.yield(.failed(Problem(prompt: error)))
                job.events.finish()
            }
        }
        return waiting.removeFirst()
    }

    private func begin(_ job: Job) throws {
        let request = job.request
        let prompts = try request.prompts.map(tokens)
        if request.scoresPrompts { return try score(prompts, job) }
        let sampled = try prompts.flatMap { tokens -> [GenerationRequest] in
            let most = request.maximumTokens ?? max(1, model.contextLength - tokens.count)
            let sampling = SamplingConfiguration(
                maximumTokens: most, temperature: request.temperature, topP: request.topP,
                stopTexts: request.stops)
            let key = nextKey
            nextKey += 1
            let requests = (0..<request.choices).map { choice in
                GenerationRequest(
                    tokens: tokens, place: .init(key: key, choice: choice),
                    isLastChoice: choice == request.choices - 1, seed: request.seed, sampling: sampling)
            }
            try generator.check(requests[0])
            return requests
        }
        let work = Work(job, left: sampled.count)
        work.choices = sampled.map { _ in Choice(text: TextAssembler(stops: request.stops)) }
        for (place, key) in Set(sampled.map(\.place.key)).sorted().enumerated() {
            works[key] = (work, place * request.choices)
        }
        job.events.yield(.begun(promptTokens: prompts.reduce(0) { $0 + $1.count }))
        waiting += sampled
    }

    /// Answers a request for log-probabilities at once, between two tokens of the others.
    private func score(_ prompts: [[Int32]], _ job: Job) throws {
        let scored = try prompts.map { try ScoredToken.all($0, under: model) }
        job.events.yield(.begun(promptTokens: prompts.reduce(0) { $0 + $1.count }))
        for (choice, tokens) in scored.enumerated() {
            job.events.yield(.scored(tokens, choice: choice))
            job.events.yield(.ended(choice: choice, isTruncated: true, tokens: 0))
        }
        job.events.finish()
    }

    private func tokens(of prompt: TextRequest.Prompt) throws -> [Int32] {
        switch prompt {
        case .tokens(let ids):
            guard ids.allSatisfy({ $0 < model.tokenizer.vocabularySize }) else {
                throw Problem.invalid("prompt", "has a token id that the model does not have")
            }
            return ids
        case .text(let text): return model.tokenizer.encode(text)
        case .conversation(let messages):
            guard let template = model.template else {
                throw Problem.invalid(
                    "messages", "need a chat template, which the model lacks; ask /v1/completions")
            }
            return model.tokenizer.encode(
                template.render(messages))
        }
    }

    private func drawn(_ place: GenerationRequest.Place, _ completion: Completion, _ isDone: Bool) throws {
        guard let (work, first) = works[place.key], let token = completion.ids.last else { return }
        let choice = first + place.choice
        let isEnd = isDone && completion.ending == .stopped && model.stopTokens.contains(token)
        var text = isEnd ? "" : try work.choices[choice].text.add(token, decode: model.text)
        work.choices[choice].count += 1
        if isDone { text += try work.choices[choice].text.finish(decode: model.text) }
        if !text.isEmpty { work.job.events.yield(.text(text, choice: choice)) }
        guard isDone else { return }
        work.job.events.yield(
            .ended(
                choice: choice, isTruncated: completion.ending == .truncated,
                tokens: work.choices[choice].count))
        work.left -= 1
        if work.left == 0 {
            work.job.events.finish()
            works = works.filter { $0.value.work !== work }
        }
    }
}

extension Problem {
    /// Why a prompt cannot be continued.
    fileprivate init(prompt error: any Error) {
        if case LanguageModelError.tokens(let message) = error {
            self.init(status: 400, title: "The prompt does not fit", detail: message, field: "prompt")
        } else if case LanguageModelError.configuration(let message) = error {
            self.init(status: 400, title: "The request does not fit", detail: message)
        } else {
            self.init(error)
        }
    }
}
