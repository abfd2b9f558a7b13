public import Torch

/// How fast this machine projects rows, as training does it.
public enum ProductRate {
    /// Operations per second, the best of a few products of 1,024 rows of 576 numbers with a float32 weight.
    /// What it takes to narrow both counts: a processor may have instructions for bfloat16 and be slower.
    ///
    /// - Parameter type: in which is multiplied; nil for float32.
    public static func measured(_ type: ElementType? = nil) throws -> Double {
        let (rows, width, outputs) = (1024, 576, 1536)
        let input = try Tensor.full([rows, width], 0.5)
        let weight = try Tensor.full([outputs, width], 0.5)
        return try withoutGrad {
            var best = 0.0
            let clock = ContinuousClock()
            for _ in 0..<6 {
                let taken = try clock.measure {
                    // Reading a number waits for devices that compute by themselves.
                    _ = try input.linears([weight], biases: [nil], productType: type)[0].slice(0, 0..<1)
                        .sum().item()
                }
                let (whole, rest) = taken.components
                let seconds = Double(whole) + Double(rest) * 1e-18
                best = max(best, 2 * Double(rows * width * outputs) / seconds)
            }
            return best
        }
    }
}
