import Dispatch

/// Numbers of a quantized tensor, as ggml's reference dequantization gives them (layouts: ggml's block
/// structs).
///
/// - Parameters:
///   - bytes: whole blocks.
///     A large tensor is cut in parts that threads share; the numbers do not depend on how many.
///   - output: room for `bytes.count / blockBytes * blockSize` numbers.
public func dequantize(
    _ bytes: UnsafeRawBufferPointer, as type: GGUFTensorType, into output: UnsafeMutableBufferPointer<Float>
) {
    guard let start = bytes.baseAddress, let room = output.baseAddress else { return }
    let blocks = bytes.count / type.blockBytes
    let numbers: (UnsafeRawPointer, UnsafeMutablePointer<Float>) -> Void =
        switch type {
        case .f32: { $1[0] = $0.loadUnaligned(as: Float.self) }
        case .f16: { $1[0] = half($0, 0) }
        case .bf16: { $1[0] = Float(bitPattern: UInt32($0.loadUnaligned(as: UInt16.self)) << 16) }
        case .q8_0: dequantizeQ8_0
        case .q4_0: { dequantizeQ4($0, hasMinimum: false, $1) }
        case .q4_1: { dequantizeQ4($0, hasMinimum: true, $1) }
        case .q5_0: { dequantizeQ5($0, hasMinimum: false, $1) }
        case .q5_1: { dequantizeQ5($0, hasMinimum: true, $1) }
        case .q4_K: { dequantizeQ45K($0, hasHighBits: false, $1) }
        case .q5_K: { dequantizeQ45K($0, hasHighBits: true, $1) }
        case .q6_K: dequantizeQ6K
        }
    // Parts of whole blocks, none of which touches another's output.
    nonisolated(unsafe) let (base, target, kernel) = (start, room, numbers)
    let blocksInPart = max(1, (1 << 18) / type.blockSize)
    DispatchQueue.concurrentPerform(iterations: (blocks + blocksInPart - 1) / blocksInPart) { part in
        for block in part * blocksInPart..<min(blocks, (part + 1) * blocksInPart) {
            kernel(base + block * type.blockBytes, target + block * type.blockSize)
        }
    }
}

private func half(_ block: UnsafeRawPointer, _ offset: Int) -> Float {
    Float(Float16(bitPattern: block.loadUnaligned(fromByteOffset: offset, as: UInt16.self)))
}

private func byte(_ block: UnsafeRawPointer, _ offset: Int) -> UInt8 {
    block.load(fromByteOffset: offset, as: UInt8.self)
}

/// Scale fp16, 32 signed bytes.
private func dequantizeQ8_0(_ block: UnsafeRawPointer, _ output: UnsafeMutablePointer<Float>) {
    let scale = half(block, 0)
    for i in 0..<32 { output[i] = Float(Int8(bitPattern: byte(block, 2 + i))) * scale }
}

/// Q4_0: scale; numbers are (q − 8)·scale. Q4_1: scale and minimum; q·scale + minimum. Low nibbles come
/// first.
private func dequantizeQ4(_ block: UnsafeRawPointer, hasMinimum: Bool, _ output: UnsafeMutablePointer<Float>)
{
    let scale = half(block, 0)
    let minimum = hasMinimum ? half(block, 2) : 0
    let shift = hasMinimum ? 0 : 8
    let start = hasMinimum ? 4 : 2
    for i in 0..<16 {
        let packed = byte(block, start + i)
        output[i] = Float(Int(packed & 15) - shift) * scale + minimum
        output[i + 16] = Float(Int(packed >> 4) - shift) * scale + minimum
    }
}

/// Like Q4 with a fifth bit a number in a 32-bit word after the scales.
private func dequantizeQ5(_ block: UnsafeRawPointer, hasMinimum: Bool, _ output: UnsafeMutablePointer<Float>)
{
    let scale = half(block, 0)
    let minimum = hasMinimum ? half(block, 2) : 0
    let shift = hasMinimum ? 0 : 16
    let start = hasMinimum ? 4 : 2
    let high = block.loadUnaligned(fromByteOffset: start, as: UInt32.self)
    for i in 0..<16 {
        let packed = byte(block, start + 4 + i)
        let low = Int(packed & 15) | Int((high >> i) & 1) << 4
        let upper = Int(packed >> 4) | Int((high >> (i + 16)) & 1) << 4
        output[i] = Float(low - shift) * scale + minimum
        output[i + 16] = Float(upper - shift) * scale + minimum
    }
}

/// The 6-bit scale and minimum of sub-block `j` of Q4_K and Q5_K, packed in 12 bytes.
private func scaleAndMinimum(_ scales: UnsafeRawPointer, _ j: Int) -> (Float, Float) {
    if j < 4 { return (Float(byte(scales, j) & 63), Float(byte(scales, j + 4) & 63)) }
    let scale = (byte(scales, j + 4) & 15) | (byte(scales, j - 4) >> 6) << 4
    let minimum = (byte(scales, j + 4) >> 4) | (byte(scales, j) >> 6) << 4
    return (Float(scale), Float(minimum))
}

/// 256 numbers in 8 sub-blocks of 32: q·(d·scale) − dmin·minimum; Q5_K adds a fifth bit.
private func dequantizeQ45K(
    _ block: UnsafeRawPointer, hasHighBits: Bool, _ output: UnsafeMutablePointer<Float>
) {
    let scale = half(block, 0)
    let minimum = half(block, 2)
    let scales = block + 4
    let high = block + 16
    let low = block + (hasHighBits ? 48 : 16)
    for pair in 0..<4 {
        let (firstScale, firstMinimum) = scaleAndMinimum(scales, 2 * pair)
        let (secondScale, secondMinimum) = scaleAndMinimum(scales, 2 * pair + 1)
        for i in 0..<32 {
            let packed = byte(low, 32 * pair + i)
            var first = Int(packed & 15)
            var second = Int(packed >> 4)
            if hasHighBits {
                first |= Int((byte(high, i) >> (2 * pair)) & 1) << 4
                second |= Int((byte(high, i) >> (2 * pair + 1)) & 1) << 4
            }
            output[64 * pair + i] = scale * firstScale * Float(first) - minimum * firstMinimum
            output[64 * pair + 32 + i] = scale * secondScale * Float(second) - minimum * secondMinimum
        }
    }
}

/// 256 numbers of 6 bits in 16 sub-blocks with signed 8-bit scales: (q − 32)·scale·d.
private func dequantizeQ6K(_ block: UnsafeRawPointer, _ output: UnsafeMutablePointer<Float>) {
    let scale = half(block, 208)
    for part in 0..<2 {
        let low = block + 64 * part
        let high = block + 128 + 32 * part
        let scales = block + 192 + 8 * part
        let target = output + 128 * part
        for i in 0..<32 {
            let bits = Int(byte(high, i))
            for quarter in 0..<4 {
                let packed = Int(byte(low, i + 32 * (quarter % 2)))
                let nibble = quarter < 2 ? packed & 15 : packed >> 4
                let value = (nibble | ((bits >> (2 * quarter)) & 3) << 4) - 32
                let subScale = Int8(bitPattern: byte(scales, i / 16 + 2 * quarter))
                target[i + 32 * quarter] = scale * Float(subScale) * Float(value)
            }
        }
    }
}
