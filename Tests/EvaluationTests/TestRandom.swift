/// Numbers for tests by a linear congruential generator (Knuth's MMIX constants), independent of the module's
/// own.
struct TestRandom {
    private var state: UInt64

    init(seed: Int) {
        state = UInt64(bitPattern: Int64(seed)) &* 0x9E37_79B9_7F4A_7C15 &+ 1
        _ = unit()
    }

    mutating func unit() -> Double {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Double(state >> 11) * 0x1p-53
    }

    mutating func below(_ bound: Int) -> Int { min(Int(unit() * Double(bound)), bound - 1) }
}
