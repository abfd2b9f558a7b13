import Torch

/// A prompt and several continuations of it in one sequence, so that the prompt is computed once.
///
/// The tokens are `prompt, continuation 1, …, continuation G`. A continuation sees the prompt and itself, not
/// its neighbours, and its positions go on from the prompt's end: the numbers equal those of G separate
/// sequences.
public struct PackedGroup: Sendable, Equatable {
    /// Token ids of the prompt; at least one.
    public let prompt: [Int32]
    /// Token ids of each continuation.
    public let continuations: [[Int32]]

    /// - Throws: `LanguageModelError.tokens` when the prompt is empty.
    public init(prompt: [Int32], continuations: [[Int32]]) throws {
        guard !prompt.isEmpty else {
            throw LanguageModelError.tokens("a prompt needs at least one token")
        }
        self.prompt = prompt
        self.continuations = continuations
    }

    /// All tokens, in order.
    public var tokens: [Int32] { prompt + continuations.joined() }

    /// Position of each token in its own sequence.
    var positions: [Int] {
        Array(prompt.indices) + continuations.flatMap { prompt.count..<prompt.count + $0.count }
    }

    /// The token that each continuation token is predicted from, as an index into `tokens`.
    var predictors: [Int] {
        var start = prompt.count
        return continuations.flatMap { continuation -> [Int] in
            defer { start += continuation.count }
            return continuation.indices.map { $0 == 0 ? prompt.count - 1 : start + $0 - 1 }
        }
    }

    /// What is added to attention scores, `[T, T]`: 0 where a token may look, −∞ elsewhere. Nil when plain
    /// causal attention says the same.
    func mask() throws -> Tensor? {
        guard continuations.count > 1 else { return nil }
        let count = tokens.count
        var mask = [Float](repeating: -.infinity, count: count * count)
        for row in 0..<count {
            for column in 0...min(row, prompt.count - 1) { mask[row * count + column] = 0 }
        }
        var start = prompt.count
        for continuation in continuations {
            for row in start..<start + continuation.count {
                for column in start...row { mask[row * count + column] = 0 }
            }
            start += continuation.count
        }
        return try Tensor.from(mask, shape: [count, count])
    }
}
