public import Pipeline

extension TextGenerator {
    /// The likeliest turn of every user message, drawn greedily, in batches that are kept as they come.
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
            count: prompts.count, batchSize: promptsAtOnce(batchSize), to: output.answers.url,
            progress: progress
        ) { range in
            let turns = try turns(
                of: range.map { TextPrompt(key: $0, message: prompts[$0].message) }, candidates: 1, seed: 0,
                sampling: SamplingConfiguration(maximumTokens: maximumTokens)
            ) { progress.update(range.lowerBound + $0) }
            return zip(prompts[range], turns).map { prompt, turns in
                ModelAnswer(
                    id: prompt.id, text: turns[0].text, tokens: turns[0].tokens,
                    isTruncated: turns[0].isTruncated)
            }
        }
        progress.end("\(answers.count) answers, \(answers.count(where: \.isTruncated)) cut off")
    }
}
