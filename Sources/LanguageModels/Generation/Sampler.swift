/// Draws one token from a row of probabilities.
struct Sampler {
    let topP: Double
    let topK: Int

    /// - Parameters:
    ///   - probabilities: softmax of the scores divided by the temperature, `[V]`.
    ///   - unit: a random number in [0, 1).
    /// - Returns: a token of the smallest likeliest set that `topK` and `topP` leave.
    func draw(_ probabilities: UnsafeBufferPointer<Float>, unit: Double) -> Int {
        guard topP < 1 || topK > 0 else {
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

    /// Tokens that `topK` and then `topP` leave, likeliest first, equals by index.
    private func candidates(_ probabilities: UnsafeBufferPointer<Float>) -> [Int] {
        // Tokens below (1 − topP) / V sum to less than 1 − topP, so none of them is in the likeliest topP.
        // With topK they count in the mass that topP is a share of, so they stay.
        let floor = topP < 1 && topK == 0 ? Float((1 - topP) / Double(probabilities.count)) : 0
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
