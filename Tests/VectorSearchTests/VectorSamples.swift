import Foundation

/// `[count, width]` multiples of 1/1024 in [-1, 1) by a linear congruential generator; a row in `copies`
/// repeats row 0.
func sampleVectors(seed: Int, count: Int, width: Int, copies: [Int] = []) -> [Float] {
    var state = UInt64(seed) &* 0x9E37_79B9_7F4A_7C15 &+ 1
    var vectors = (0..<(count * width)).map { _ in
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Float(Int(state >> 53) - 1_024) / 1_024
    }
    for row in copies {
        for column in 0..<width { vectors[row * width + column] = vectors[column] }
    }
    return vectors
}

/// Rows of a flat matrix as float64.
func rows(_ vectors: [Float], width: Int) -> [[Double]] {
    stride(from: 0, to: vectors.count, by: width).map { start in
        vectors[start..<(start + width)].map(Double.init)
    }
}

func unit(_ row: [Double]) -> [Double] {
    let length = row.map { $0 * $0 }.reduce(0, +).squareRoot()
    return length > 0 ? row.map { $0 / length } : row
}
