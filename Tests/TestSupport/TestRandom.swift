/// Numbers for tests by xorshift64* (Vigna, 2016), independent of the generator under test.
public struct TestRandom: RandomNumberGenerator {
    private var state: UInt64

    /// A generator; every seed gives other numbers.
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

    /// `count` numbers, uniform in `range`.
    public mutating func values(_ count: Int, in range: ClosedRange<Double> = -1...1) -> [Double] {
        (0..<count).map { _ in Double.random(in: range, using: &self) }
    }
}
