import Evaluation
public import LanguageModels
public import Pipeline
import Tokenization

/// The teacher of reverse-engineered user preference reasoning (RUPR, §2.1.2): shown the true next item, it
/// writes why the user would buy it. Not shown it (direct distillation, Table 3), it reasons and predicts by
/// itself.
public struct Teacher {
    private let model: LanguageModel
    private let configuration: TeacherConfiguration
    private let seed: UInt64

    /// - Parameter model: a local model that plays the teacher.
    public init(_ model: LanguageModel, configuration: TeacherConfiguration, seed: UInt64) {
        self.model = model
        self.configuration = configuration
        self.seed = seed
    }

    /// Draws k chains of thought for every sample that has a revealing prompt, in batches that are kept as
    /// they come, so that an interrupted call goes on where it was.
    ///
    /// - Parameters:
    ///   - samples: those of role `activate`.
    ///   - items: the catalogue of the samples' targets, by item index.
    ///   - output: gets the reasoning; holds batches meanwhile.
    public func writeReasoning(
        for samples: [PromptSample], items: [Item], into output: TeacherReasoning, progress: RunProgress
    ) throws {
        progress.begin("teacher's reasoning", total: samples.count)
        let all = try BatchedWork.write(
            count: samples.count, batchSize: configuration.batchSize,
            to: output.samples.url, progress: progress
        ) { try draw(samples, $0, items) }
        let leaks = all.count { !$0.leaks.isEmpty }
        progress.end("\(all.count) chains of thought, \(leaks) of them leak that the answer was given")
    }

    private func draw(
        _ samples: [PromptSample], _ range: Range<Int>, _ items: [Item]
    ) throws -> [TeacherSample] {
        let prompts = try range.map {
            try model.promptTokens(
                user: configuration.showsTarget ? samples[$0].revealedPrompt : samples[$0].prompt,
                beginning: AnswerFormat.thinkStart + configuration.beginning)
        }
        let sampling = SamplingConfiguration(
            maximumTokens: configuration.maximumTokens, temperature: configuration.temperature,
            topP: configuration.topP)
        let drawn = try model.generator.generate(
            prompts, keys: Array(range), groupSize: configuration.candidates, seed: seed,
            configuration: sampling)
        let chains = try zip(range, drawn).flatMap { place, completions in
            try completions.enumerated().map { index, completion in
                let text = try model.text(of: completion.ids)
                let (reasoning, isWhole) = Self.reasoning(in: configuration.beginning + text)
                let sample = samples[place]
                let leaks = LeakDetector().leaks(
                    in: reasoning, title: items[Int(sample.target)].title,
                    isTitleInPrompt: sample.prompt.contains(items[Int(sample.target)].title))
                return TeacherSample(
                    sample: sample.id, index: index, reasoning: reasoning, leaks: leaks.map(\.rawValue),
                    isTruncated: !isWhole && completion.ending == .truncated)
            }
        }
        return configuration.showsTarget ? chains : try predicting(samples, range, chains)
    }

    /// Lets every chain of thought end in a prediction, drawn after `<answer>Item title:`.
    private func predicting(
        _ samples: [PromptSample], _ range: Range<Int>, _ chains: [TeacherSample]
    ) throws -> [TeacherSample] {
        let beginning = "Item title:"
        let prompts = try chains.enumerated().map { place, chain in
            try model.promptTokens(
                user: samples[range.lowerBound + place / configuration.candidates].prompt,
                beginning: AnswerFormat.thinkStart + chain.reasoning + AnswerFormat.thinkEnd + "\n"
                    + AnswerFormat.answerStart + beginning)
        }
        let drawn = try model.generator.generate(
            prompts, keys: prompts.indices.map { range.lowerBound * configuration.candidates + $0 },
            groupSize: 1, seed: SeededGenerator(seed: seed, path: 1).state,
            configuration: SamplingConfiguration(
                maximumTokens: configuration.answerTokens, temperature: configuration.temperature,
                topP: configuration.topP))
        return try zip(chains, drawn).map { chain, completions in
            var chain = chain
            let text = try model.text(of: completions[0].ids)
            chain.prediction = Self.prediction(in: beginning + text)
            return chain
        }
    }

    /// What the teacher wrote after `<answer>`: up to the first tag or line break.
    static func prediction(in text: String) -> String {
        let end = text.firstIndex { $0 == "<" || $0.isNewline } ?? text.endIndex
        return text[..<end].split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }

    /// The chain of thought in what the teacher wrote after `<think>`: up to the first tag, and up to the
    /// last whole sentence where it was cut off.
    static func reasoning(in text: String) -> (reasoning: String, isWhole: Bool) {
        let end = text.firstRange(of: AnswerFormat.thinkEnd) ?? text.firstRange(of: AnswerFormat.answerStart)
        let isWhole = end != nil
        var reasoning = text[..<(end?.lowerBound ?? text.endIndex)]
        if !isWhole, let stop = reasoning.lastIndex(where: { ".!?".contains($0) }) {
            reasoning = reasoning[...stop]
        }
        let words = reasoning.split(whereSeparator: \.isWhitespace)
        return (words.joined(separator: " "), isWhole)
    }
}
