public import LanguageModels

/// Floating-point operations that a piece of work on a decoder needs, however a program goes about it.
///
/// This is the numerator of `BenchmarkReport.fractionOfLimit`. It counts what a program cannot leave out and
/// still give the same numbers, and it does not look at what the program does:
/// - two operations, a multiplication and an addition, for each weight of a layer's seven matrices and each
///   token that has to pass it. In the last layer that is keys and values for all tokens and the rest for
///   those tokens alone whose scores of the vocabulary are read;
/// - two for each product of attention, once for the scores and once for the mixed values, where a token sees
///   itself and the tokens before it and none that is masked;
/// - two for each weight of the output matrix and each position whose scores are read;
/// - a prompt that several continuations share once, also for a program that computes it again for each;
/// - no token after which nothing is predicted, such as the last one of a sequence that is scored;
/// - training as three forward passes: backward has two products for each of forward's. What recomputation of
///   activations adds is not counted.
///
/// Padding, copies and element-wise work (norms, rotations, biases, softmax, the optimizer) count nothing, so
/// a program comes closer to the limit only by taking less time.
public struct Arithmetic: Sendable, Equatable {
    private let layers: Double
    /// Weights of one layer that make keys and values.
    private let keyValueWeights: Double
    /// Weights of one layer that do not.
    private let otherWeights: Double
    /// H·d: products of one query with one key, all heads together.
    private let headsWidth: Double
    private let outputWeights: Double

    /// - Parameter configuration: the decoder's sizes.
    public init(_ configuration: DecoderConfiguration) {
        let heads = configuration.headCount * configuration.headWidth
        let keyValueHeads = configuration.keyValueHeadCount * configuration.headWidth
        layers = Double(configuration.layerCount)
        keyValueWeights = Double(configuration.width * 2 * keyValueHeads)
        otherWeights = Double(configuration.width * (2 * heads + 3 * configuration.feedForwardWidth))
        headsWidth = Double(heads)
        outputWeights = Double(configuration.width * configuration.vocabularySize)
    }

    /// One forward pass over `tokens` tokens of one sequence that come after `context` tokens whose keys and
    /// values are there already.
    ///
    /// - Parameter scored: how many of the last positions have their scores of the vocabulary read.
    public func forward(tokens: Int, after context: Int = 0, scored: Int) -> Double {
        let (all, read) = (Double(tokens), Double(scored))
        let seen = Self.seen(by: tokens, of: tokens, after: context)
        let seenByRead = Self.seen(by: scored, of: tokens, after: context)
        let inner = all * (keyValueWeights + otherWeights) + seen * 2 * headsWidth
        let last = all * keyValueWeights + read * otherWeights + seenByRead * 2 * headsWidth
        return 2 * ((layers - 1) * inner + last + read * outputWeights)
    }

    /// Pairs of a query and a key that it sees, for the last `count` of `tokens` tokens.
    private static func seen(by count: Int, of tokens: Int, after context: Int) -> Double {
        let (first, last) = (context + tokens - count + 1, context + tokens)
        return Double(count) * Double(first + last) / 2
    }

    /// A prompt with `group` continuations of `continuation` tokens each, every one of which is scored.
    public func scoring(prompt: Int, group: Int, continuation: Int) -> Double {
        let own = continuation - 1
        return forward(tokens: prompt, scored: 1)
            + Double(group) * forward(tokens: own, after: prompt, scored: own)
    }

    /// `tokens` steps of decoding one sequence after a prompt, each of which reads the scores of one
    /// position.
    public func decoding(tokens: Int, after prompt: Int) -> Double {
        forward(tokens: tokens, after: prompt, scored: tokens)
    }

    /// Forward and backward of a sequence of `tokens` tokens, each but the first predicted from those before
    /// it.
    public func training(tokens: Int) -> Double { 3 * forward(tokens: tokens - 1, scored: tokens - 1) }
}
