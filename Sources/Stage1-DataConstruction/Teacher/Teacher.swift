import Evaluation
public import LanguageModels
public import Pipeline
import Tokenization

/// The teacher of reverse-engineered user preference reasoning (RUPR, §2.1.2): shown the true next item, it
/// writes why the user would buy it. Not shown it (direct distillation, Table 3), it reasons and predicts by
/// itself.
public struct Teacher {
    private let model: any TextGenerator
    private let configuration: TeacherConfiguration
    private let seed: UInt64

    /// - Parameter model: plays the teacher, here or on a server.
    public init(_ model: any TextGenerator, configuration: TeacherConfiguration, seed: UInt64) {
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
            count: samples.count, batchSize: model.promptsAtOnce(configuration.batchSize),
            to: output.samples.url, progress: progress
        ) { range in
            try draw(samples, range, items) {
                progress.update(range.lowerBound + $0 / configuration.candidates)
            }
        }
        let leaks = all.count { !$0.leaks.isEmpty }
        progress.end("\(all.count) chains of thought, \(leaks) of them leak that the answer was given")
    }

    private func draw(
        _ samples: [PromptSample], _ range: Range<Int>, _ items: [Item], progress: (Int) -> Void
    ) throws -> [TeacherSample] {
        let prompts = range.map {
            TextPrompt(
                key: $0, message: configuration.showsTarget ? samples[$0].revealedPrompt : samples[$0].prompt,
                beginning: AnswerFormat.thinkStart + configuration.beginning)
        }
        let drawn = try model.turns(
            of: prompts, candidates: configuration.candidates, seed: seed,
            sampling: sampling(configuration.maximumTokens), progress: progress)
        let chains = zip(range, drawn).flatMap { place, turns in
            turns.enumerated().map { index, turn in
                let (reasoning, isWhole) = Self.reasoning(in: turn.text)
                let sample = samples[place]
                let findings = LeakDetector().findings(
                    in: reasoning, item: items[Int(sample.target)], prompt: sample.prompt)
                return TeacherSample(
                    sample: sample.id, index: index, reasoning: reasoning,
                    leaks: LeakDetector.kinds(findings).map(\.rawValue),
                    isTruncated: !isWhole && turn.isTruncated)
            }
        }
        if configuration.showsTarget { return chains }
        // One that cannot be made to begin with a chain of thought has predicted in the same turn.
        if !model.continuesBeginnings {
            return zip(chains, drawn.joined()).map { chain, turn in
                var chain = chain
                chain.prediction = Self.prediction(in: AnswerParser.parse(turn.text).answer)
                return chain
            }
        }
        return try predicting(samples, range, chains)
    }

    /// Lets every chain of thought end in a prediction, drawn after `<answer>Item title:`.
    private func predicting(
        _ samples: [PromptSample], _ range: Range<Int>, _ chains: [TeacherSample]
    ) throws -> [TeacherSample] {
        let prompts = chains.enumerated().map { place, chain in
            TextPrompt(
                key: range.lowerBound * configuration.candidates + place,
                message: samples[range.lowerBound + place / configuration.candidates].prompt,
                beginning: AnswerFormat.thinkStart + chain.reasoning + AnswerFormat.thinkEnd + "\n"
                    + AnswerFormat.answerStart + "Item title:")
        }
        let drawn = try model.turns(
            of: prompts, candidates: 1, seed: SeededGenerator(seed: seed, path: 1).state,
            sampling: sampling(configuration.answerTokens)
        ) { _ in }
        return zip(chains, drawn).map { chain, turns in
            var chain = chain
            let answer = turns[0].text.split(separator: AnswerFormat.answerStart, maxSplits: 1).last
            chain.prediction = Self.prediction(in: String(answer ?? ""))
            return chain
        }
    }

    private func sampling(_ maximumTokens: Int) -> SamplingConfiguration {
        SamplingConfiguration(
            maximumTokens: maximumTokens, temperature: configuration.temperature, topP: configuration.topP)
    }

    /// What the teacher wrote after `<answer>`: up to the first tag or line break.
    static func prediction(in text: String) -> String {
        let end = text.firstIndex { $0 == "<" || $0.isNewline } ?? text.endIndex
        return text[..<end].split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }

    /// The chain of thought in the teacher's turn: after `<think>`, up to the first tag, and up to the last
    /// whole sentence where it was cut off.
    static func reasoning(in turn: String) -> (reasoning: String, isWhole: Bool) {
        let text = turn.hasPrefix(AnswerFormat.thinkStart) ? turn.dropFirst(7) : Substring(turn)
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
