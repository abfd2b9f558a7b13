import Foundation

/// SplitMix64 (Steele, Lea and Flood, 2014): one 64-bit state, so a generator is saved and restored as a
/// number, and a generator for a named purpose is made from a seed and a path of numbers.
public struct SeededGenerator: RandomNumberGenerator, Codable, Sendable, Equatable {
    /// The whole state.
    public private(set) var state: UInt64

    /// A generator from a seed.
    public init(seed: UInt64) { state = seed }

    /// A generator that depends on a seed and on a path of numbers, such as step, prompt and rollout: the
    /// same path gives the same numbers whatever was drawn before.
    public init(seed: UInt64, path: Int...) { self.init(seed: seed, path: path) }

    /// The same, with the path as an array.
    public init(seed: UInt64, path: [Int]) {
        state = seed
        for part in path {
            state ^= UInt64(bitPattern: Int64(part)) &* 0xD1B5_4A32_D192_ED03
            state = next()
        }
    }

    /// The next 64 bits.
    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// A number in [0, 1) with 53 random bits.
    public mutating func nextUnit() -> Double { Double(next() >> 11) * 0x1p-53 }

    /// A number from the standard normal distribution (Box and Muller, 1958).
    public mutating func nextNormal() -> Double {
        let radius = (-2 * log(1 - nextUnit())).squareRoot()
        return radius * cos(2 * .pi * nextUnit())
    }
}
