import Pipeline
import Torch

/// Draws tokens from rows of scores.
struct Sampler {
    let configuration: SamplingConfiguration

    init(_ configuration: SamplingConfiguration) { self.configuration = configuration }

    /// One token a sequence.
    ///
    /// - Parameters:
    ///   - scores: `[B, V]`, row by row those of `sequences`.
    ///   - sequences: what the rows belong to; their generators move on.
    func draw(_ scores: Tensor, for sequences: inout [ActiveSequence]) throws -> [Int] {
        let penalized = try penalized(scores, sequences)
        guard scores.hasKernels else { return try drawThere(penalized, for: &sequences) }
        guard configuration.temperature > 0 else {
            return try penalized.argmax(axis: -1).elements(Int64.self).map(Int.init)
        }
        let vocabulary = scores.shape[1]
        let probabilities = try (penalized * (1 / configuration.temperature)).softmax(axis: -1)
        return try probabilities.withElements(Float.self) { all in
            sequences.indices.map { index in
                let row = index * vocabulary..<(index + 1) * vocabulary
                let unit = sequences[index].generator.nextUnit()
                return draw(UnsafeBufferPointer(rebasing: all[row]), unit: unit)
            }
        }
    }

    /// The same draws where the scores are: random numbers go there and tokens come back.
    private func drawThere(_ scores: Tensor, for sequences: inout [ActiveSequence]) throws -> [Int] {
        let isGreedy = configuration.temperature == 0
        let units = sequences.indices.map { isGreedy ? 0 : sequences[$0].generator.nextUnit() }
        let random = try Device.cpu.making { try Tensor.from(units, shape: [units.count]) }
        return try scores.drawingTokens(
            units: random, temperature: configuration.temperature, topK: configuration.topK,
            topP: configuration.topP, minP: configuration.minP
        ).elements(Int64.self).map(Int.init)
    }

    /// Scores of tokens that were seen, made smaller: divided by the penalty when positive, multiplied when
    /// negative (Keskar et al., 2019, "CTRL").
    private func penalized(_ scores: Tensor, _ sequences: [ActiveSequence]) throws -> Tensor {
        guard configuration.repetitionPenalty != 1 else { return scores }
        let vocabulary = scores.shape[1]
        var numbers: [Float] = try scores.elements()
        let penalty = Float(configuration.repetitionPenalty)
        for (row, sequence) in sequences.enumerated() {
            for token in sequence.seen {
                let index = row * vocabulary + Int(token)
                numbers[index] = numbers[index] > 0 ? numbers[index] / penalty : numbers[index] * penalty
            }
        }
        return try Tensor.from(numbers, shape: scores.shape)
    }

    /// - Parameters:
    ///   - probabilities: softmax of the scores divided by the temperature, `[V]`.
    ///   - unit: a random number in [0, 1).
    /// - Returns: a token of the smallest likeliest set that `topK`, `topP` and `minP` leave.
    func draw(_ probabilities: UnsafeBufferPointer<Float>, unit: Double) -> Int {
        guard configuration.topP < 1 || configuration.topK > 0 || configuration.minP > 0 else {
            return walk(probabilities.indices, probabilities, target: unit * total(probabilities))
        }
        let kept = candidates(probabilities)
        let mass = kept.reduce(0.0) { $0 + Double(probabilities[$1]) }
        return walk(kept, probabilities, target: unit * mass)
    }

    /// The first index at which the running sum passes `target`.
    private func walk(
        _ indices: some Sequence<Int>, _ probabilities: UnsafeBufferPointer<Float>, target: Double
    ) -> Int {
        var sum = 0.0
        var last = 0
        for index in indices where probabilities[index] > 0 {
            sum += Double(probabilities[index])
            last = index
            if sum > target { break }
        }
        return last
    }

    private func total(_ probabilities: UnsafeBufferPointer<Float>) -> Double {
        probabilities.reduce(0.0) { $0 + Double($1) }
    }

    /// Tokens that `minP`, `topK` and then `topP` leave, likeliest first, equals by index.
    private func candidates(_ probabilities: UnsafeBufferPointer<Float>) -> [Int] {
        let (topP, topK) = (configuration.topP, configuration.topK)
        // Tokens below (1 − topP) / V sum to less than 1 − topP, so none of them is in the likeliest topP.
        // With topK they count in the mass that topP is a share of, so they stay.
        var floor = topP < 1 && topK == 0 ? Float((1 - topP) / Double(probabilities.count)) : 0
        if configuration.minP > 0 {
            floor = max(floor, Float(configuration.minP) * (probabilities.max() ?? 0))
        }
        var kept = probabilities.indices.filter { probabilities[$0] >= floor }
        kept.sort { (probabilities[$0], $1) > (probabilities[$1], $0) }
        if topK > 0 { kept = Array(kept.prefix(topK)) }
        guard topP < 1 else { return kept }
        let mass = topK > 0 ? kept.reduce(0.0) { $0 + Double(probabilities[$1]) } : total(probabilities)
        var sum = 0.0
        let end = kept.firstIndex {
            sum += Double(probabilities[$0])
            return sum >= topP * mass
        }
        return Array(kept[...(end ?? kept.count - 1)])
    }
}
