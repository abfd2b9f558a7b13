/// Semantic reward: cosine of the embedded answer and the embedded true item. Eq. (3).
///
///     rₛ = ⟨e_pred, e_gt⟩ / (‖e_pred‖ ‖e_gt‖)  ∈ [−1, 1]
public enum SemanticReward {
    /// The reward of a rollout without an answer: the least that a cosine can be.
    public static let minimum = -1.0

    /// - Parameters:
    ///   - predicted: embedding of the answer's text, `[D]`; nil when there is no answer.
    ///   - target: embedding of the true item's description, `[D]`.
    /// - Returns: the cosine; 0 when an embedding is zero, `minimum` when there is no answer.
    public static func value(predicted: [Float]?, target: [Float]) -> Double {
        guard let predicted else { return minimum }
        precondition(predicted.count == target.count, "embeddings of \(predicted.count) and \(target.count)")
        var (product, first, second) = (0.0, 0.0, 0.0)
        for (x, y) in zip(predicted, target) {
            product += Double(x) * Double(y)
            first += Double(x) * Double(x)
            second += Double(y) * Double(y)
        }
        let norms = (first * second).squareRoot()
        return norms > 0 ? min(1, max(-1, product / norms)) : 0
    }
}
