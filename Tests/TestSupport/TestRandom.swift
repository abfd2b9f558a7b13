/// Numbers for tests by xorshift64* (Vigna, 2016), independent of the generator under test.
public struct TestRandom: RandomNumberGenerator {
    private var state: UInt64

    /// A generator whose numbers depend on the seed alone.
    public init(seed: Int) {
        state = UInt64(bitPattern: Int64(seed)) &* 0x9E37_79B9_7F4A_7C15 | 1
        for _ in 0..<8 { _ = next() }
    }

    /// The next 64 bits.
    public mutating func next() -> UInt64 {
        state ^= state >> 12
        state ^= state << 25
        state ^= state >> 27
        return state &* 0x2545_F491_4F6C_DD1D
    }

    /// A number in [0, 1) with 53 random bits.
    public mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }

    /// A whole number in 0..<`bound`; the bias, about `bound` / 2⁵³, is negligible in tests.
    public mutating func below(_ bound: Int) -> Int { min(Int(unit() * Double(bound)), bound - 1) }

    /// `count` numbers, uniform in `range`.
    public mutating func values(_ count: Int, in range: ClosedRange<Double> = -1...1) -> [Double] {
        (0..<count).map { _ in Double.random(in: range, using: &self) }
    }
}
