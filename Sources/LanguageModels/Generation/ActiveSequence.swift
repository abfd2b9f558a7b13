import Pipeline

/// A completion that is being drawn.
struct ActiveSequence {
    /// Place of its prompt, and its own in the group.
    let prompt: Int
    let place: Int
    let configuration: SamplingConfiguration
    var cached: CachedSequence
    var generator: SeededGenerator
    var completion = Completion(ids: [], logProbabilities: [], ending: .truncated)
    /// Tokens of the prompt and the completion, where a repetition is penalized.
    var seen: Set<Int32> = []
    var isDone = false

    /// Takes a drawn token and decides whether it is the last.
    mutating func append(
        _ token: Int32, logProbability: Float, drawLogProbability: Float?,
        isStop: (Completion) throws -> Bool
    ) rethrows {
        completion.ids.append(token)
        completion.logProbabilities.append(logProbability)
        if let drawLogProbability {
            if completion.drawLogProbabilities == nil { completion.drawLogProbabilities = [] }
            completion.drawLogProbabilities?.append(drawLogProbability)
        }
        if configuration.repetitionPenalty != 1 { seen.insert(token) }
        if try isStop(completion) {
            completion.ending = .stopped
            isDone = true
        } else if completion.ids.count == configuration.maximumTokens {
            isDone = true
        }
    }
}
