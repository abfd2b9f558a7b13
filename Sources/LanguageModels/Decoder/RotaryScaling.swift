import Foundation

/// How a model made for long texts slows the rotations of the rotary position embedding down.
public enum RotaryScaling: Sendable, Equatable {
    /// Llama 3.1's rule, from a config.json.
    case llama3(Llama3Scaling)
    /// YaRN, from a config.json.
    case yarn(YaRNScaling)
    /// A divisor per frequency, from a GGUF file (`rope_freqs.weight`), when no rule is known that gives them.
    case divisors([Float])

    /// The frequencies to rotate by.
    ///
    /// - Parameters:
    ///   - frequencies: θ^(−2i/d) for i in 0..<d/2, in radians per token.
    ///   - theta: θ.
    public func scaled(_ frequencies: [Float], theta: Double) -> [Float] {
        switch self {
        case .yarn(let rule): rule.scaled(frequencies, theta: theta)
        case .llama3(let rule): rule.scaled(frequencies)
        case .divisors(let divisors): zip(frequencies, divisors).map { $0 / $1 }
        }
    }

    /// What cos and sin are multiplied by.
    var length: Float {
        switch self {
        case .yarn(let rule): rule.length
        case .llama3, .divisors: 1
        }
    }
}

/// Llama 3.1's rule: long wavelengths are stretched by a factor, short ones are kept, those between blend.
public struct Llama3Scaling: Sendable, Equatable {
    /// What long wavelengths are stretched by.
    public var factor: Double
    /// Wavelengths above the original context length divided by this are long.
    public var lowFrequencyFactor: Double
    /// Wavelengths below the original context length divided by this are short.
    public var highFrequencyFactor: Double
    /// Tokens of the context that the model was first trained with.
    public var originalContextLength: Int

    /// A rule with these numbers.
    public init(
        factor: Double, lowFrequencyFactor: Double, highFrequencyFactor: Double, originalContextLength: Int
    ) {
        self.factor = factor
        self.lowFrequencyFactor = lowFrequencyFactor
        self.highFrequencyFactor = highFrequencyFactor
        self.originalContextLength = originalContextLength
    }

    /// In float32 and with the operations of transformers, so that angles far out agree as well.
    func scaled(_ frequencies: [Float]) -> [Float] {
        let (factor, original) = (Float(factor), Float(originalContextLength))
        let low = Float(lowFrequencyFactor)
        let span = Float(highFrequencyFactor - lowFrequencyFactor)
        let longest = Float(Double(originalContextLength) / lowFrequencyFactor)
        let shortest = Float(Double(originalContextLength) / highFrequencyFactor)
        return frequencies.map { frequency in
            let wavelength = 1 / frequency * (2 * Float.pi)
            if wavelength > longest { return frequency / factor }
            if wavelength < shortest { return frequency }
            let share = (1 / wavelength * original - low) / span
            return (1 - share) * frequency / factor + share * frequency
        }
    }
}

extension RotaryScaling {
    /// The rule that gives a GGUF file's divisors, or the divisors themselves.
    ///
    /// A GGUF file does not keep the rule's numbers. All published models have the factors 1 and 4.
    init(divisors: [Float], theta: Double, originalLengths: [Int]) {
        let half = divisors.count
        let frequencies = (0..<half).map { Float(pow(theta, -Double($0) / Double(half))) }
        let rules = originalLengths.map {
            Llama3Scaling(
                factor: Double(divisors.max() ?? 1), lowFrequencyFactor: 1, highFrequencyFactor: 4,
                originalContextLength: $0)
        }
        let match = rules.first { rule in
            zip(rule.scaled(frequencies), zip(frequencies, divisors)).allSatisfy { scaled, stored in
                abs(stored.0 / scaled - stored.1) <= 1e-5 * stored.1
            }
        }
        self = match.map(Self.llama3) ?? .divisors(divisors)
    }
}
