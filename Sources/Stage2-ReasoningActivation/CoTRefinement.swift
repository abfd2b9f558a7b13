import Evaluation
public import LanguageModels
public import Pipeline

/// CoT refinement by open-ended rejection sampling, §2.2.1: keeps the chains of thought under which the true
/// answer is likely, and that got there by reasoning.
public struct CoTRefinement {
    private let scorer: any AnswerScorer
    private let configuration: ActivateConfiguration
    private let embed: ([String]) throws -> [[Float]]

    /// - Parameters:
    ///   - scorer: the model whose perplexity is the measure, here or on a server.
    ///   - embed: unit vectors of texts, `[N][D]`, for leaks in other words.
    public init(
        _ scorer: any AnswerScorer, configuration: ActivateConfiguration,
        embed: @escaping ([String]) throws -> [[Float]]
    ) {
        self.scorer = scorer
        self.configuration = configuration
        self.embed = embed
    }

    /// Scores every chain of thought, finds R and writes what is kept.
    ///
    /// - Throws: `CoTRefinementError` when there is nothing to score, or nothing is kept.
    public func write(
        _ samples: [PromptSample], _ teacher: [TeacherSample], items: [Item], into output: Refinement,
        progress: RunProgress
    ) throws {
        let candidates = Dictionary(grouping: teacher.filter { !$0.reasoning.isEmpty }, by: \.sample)
        let chains = samples.flatMap { sample in
            (candidates[sample.id] ?? []).map { chain in
                ReasoningReview.Chain(
                    sample: sample, index: chain.index, reasoning: chain.reasoning,
                    prediction: chain.prediction, item: items[Int(sample.target)])
            }
        }
        var scores = try self.scores(chains, progress)
        guard !scores.isEmpty else { throw CoTRefinementError.nothingToScore }
        let threshold = PerplexityThreshold.value(
            scores.map(\.perplexity), share: configuration.thresholdPercentile)
        for index in scores.indices {
            let leaks = configuration.excludesLeaks && !scores[index].leaks.isEmpty
            let restates = scores[index].gain.map { $0 < configuration.minimumGain } ?? false
            scores[index].isKept = scores[index].perplexity < threshold && !leaks && !restates
        }
        let refined = zip(scores, chains).filter(\.0.isKept).map { score, chain in
            RefinedSample(
                sample: score.sample, index: score.index, reasoning: chain.reasoning,
                perplexity: score.perplexity, prediction: chain.prediction)
        }
        guard !refined.isEmpty else { throw CoTRefinementError.nothingKept(scored: scores.count) }
        let maximum = Dictionary(grouping: teacher, by: \.sample).values.map(\.count).max() ?? 0
        let summary = RefinementSummary(
            scores, threshold: threshold, minimumGain: configuration.minimumGain,
            candidatesPerPrompt: maximum)
        try output.scores.write(scores)
        try output.refined.write(refined)
        try output.summary.write(summary)
        progress.end(summary.sentence)
    }

    /// Eq. (1) of every chain of thought, of those that leak also without the sentences that do, and, where
    /// restatements are left out, of each one's own words of the answer; many prompts in one computation.
    private func scores(
        _ chains: [ReasoningReview.Chain], _ progress: RunProgress
    ) throws -> [ReasoningScore] {
        let findings = try ReasoningReview(
            embed: embed, paraphraseThreshold: configuration.paraphraseThreshold
        ).findings(chains)
        let texts = zip(chains, findings).map { chain, findings in
            ReasoningTexts(chain, findings, scoresOwnWords: configuration.excludesRestatements)
        }
        // Chains of one prompt stand side by side.
        let groups = chains.indices.reduce(into: [Range<Int>]()) { groups, place in
            if let last = groups.last, chains[last.lowerBound].sample.id == chains[place].sample.id {
                groups[groups.count - 1] = last.lowerBound..<place + 1
            } else {
                groups.append(place..<place + 1)
            }
        }
        progress.begin("perplexity of the true answer", total: groups.count)
        let scored = try scorer.scores(
            of: groups.map { group in
                let first = chains[group.lowerBound]
                return ScoredPrompt(
                    message: first.sample.prompt, reasoning: group.flatMap { texts[$0].all },
                    answer: AnswerFormat.render(first.item))
            }
        ) { progress.update($0) }
        var rest = scored.joined()[...]
        return chains.indices.map { place in
            let own = Array(rest.prefix(texts[place].all.count))
            rest = rest.dropFirst(own.count)
            return texts[place].score(chains[place], findings[place], own)
        }
    }
}

/// The texts that are scored for one chain of thought.
private struct ReasoningTexts {
    let all: [String]
    private let withoutLeaks: Int?
    private let ownWords: Int?

    init(_ chain: ReasoningReview.Chain, _ findings: [LeakDetector.Finding], scoresOwnWords: Bool) {
        var all = [chain.reasoning]
        if findings.isEmpty {
            withoutLeaks = nil
        } else {
            withoutLeaks = all.count
            all.append(ReasoningReview.without(findings, chain.reasoning))
        }
        if scoresOwnWords {
            ownWords = all.count
            all.append(ReasoningReview.ownWords(chain.reasoning, of: chain.item))
        } else {
            ownWords = nil
        }
        self.all = all
    }

    /// - Parameter scores: of the texts.
    func score(
        _ chain: ReasoningReview.Chain, _ findings: [LeakDetector.Finding], _ scores: [AnswerScore]
    ) -> ReasoningScore {
        ReasoningScore(
            sample: chain.sample.id, index: chain.index, tokenCount: scores[0].tokenCount,
            logLikelihood: scores[0].logLikelihood, perplexity: scores[0].perplexity,
            leaks: LeakDetector.kinds(findings).map(\.rawValue),
            perplexityWithoutLeaks: withoutLeaks.map { scores[$0].perplexity },
            gain: ownWords.map { scores[0].logLikelihood - scores[$0].logLikelihood }, isKept: false)
    }
}

/// Why rejection sampling left nothing to fine-tune on.
public enum CoTRefinementError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The teacher wrote no reasoning at all.
    case nothingToScore
    /// No chain of thought was below R.
    case nothingKept(scored: Int)

    /// What happened and what to do.
    public var description: String {
        switch self {
        case .nothingToScore:
            "the teacher wrote no chain of thought that could be scored; raise "
                + "construct.teacher.maximumTokens, "
                + "or take another model"
        case .nothingKept(let scored):
            "none of \(scored) chains of thought was kept; raise activate.thresholdPercentile or set "
                + "activate.excludesLeaks or activate.excludesRestatements to false"
        }
    }
}
