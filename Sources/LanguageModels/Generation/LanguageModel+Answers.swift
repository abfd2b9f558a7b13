public import Pipeline
import Tokenization

extension LanguageModel {
    /// The likeliest completion of every user message, drawn greedily, in batches that are kept as they come.
    ///
    /// - Parameters:
    ///   - prompts: an id and a user message each.
    ///   - output: gets the answers.
    public func answer(
        _ prompts: [(id: String, message: String)], maximumTokens: Int, batchSize: Int,
        to output: ModelAnswers, title: String, progress: RunProgress
    ) throws {
        progress.begin(title, total: prompts.count)
        let answers = try BatchedWork.write(
            count: prompts.count, batchSize: batchSize, to: output.answers.url, progress: progress
        ) { range in
            let drawn = try generator.generate(
                prompts[range].map { try promptTokens(user: $0.message) }, keys: Array(range), groupSize: 1,
                seed: 0,
                configuration: SamplingConfiguration(maximumTokens: maximumTokens))
            return try zip(prompts[range], drawn).map { prompt, completions in
                ModelAnswer(
                    id: prompt.id, text: try text(of: completions[0].ids),
                    tokens: completions[0].ids.count, isTruncated: completions[0].ending == .truncated)
            }
        }
        progress.end("\(answers.count) answers, \(answers.count(where: \.isTruncated)) cut off")
    }
}
