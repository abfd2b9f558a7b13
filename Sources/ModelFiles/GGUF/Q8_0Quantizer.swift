/// Q8_0 of ggml: blocks of 32 numbers, a float16 scale and 32 signed bytes each.
public enum Q8_0Quantizer {
    /// Numbers a block.
    public static let blockSize = GGUFTensorType.q8_0.blockSize

    /// Appends the blocks of a row.
    ///
    ///     scale = max |x| / 127,    q = round(x / scale), halves away from zero
    ///
    /// As in the reference, x is multiplied by 1 / scale in float32, before the scale is rounded to float16.
    /// A number comes back within half a step and what the scale's rounding costs: |x| · 2⁻¹¹, or 127 · 2⁻²⁵
    /// for tiny scales.
    ///
    /// - Parameter row: finite numbers, a multiple of 32 of them.
    public static func append(_ row: UnsafeBufferPointer<Float>, to bytes: inout [UInt8]) {
        for start in stride(from: 0, to: row.count - row.count % blockSize, by: blockSize) {
            let block = UnsafeBufferPointer(rebasing: row[start..<start + blockSize])
            let scale = block.reduce(0) { max($0, abs($1)) } / 127
            let inverse = scale == 0 ? 0 : 1 / scale
            withUnsafeBytes(of: Float16(scale).bitPattern.littleEndian) { bytes.append(contentsOf: $0) }
            for number in block {
                let rounded = (number * inverse).rounded(.toNearestOrAwayFromZero)
                // A scale below 2⁻¹²⁶ has no finite inverse.
                bytes.append(UInt8(bitPattern: Int8(max(-127, min(127, rounded)))))
            }
        }
    }
}
