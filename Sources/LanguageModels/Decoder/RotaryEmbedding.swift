import Foundation
import Torch

/// Rotary position embedding (Su et al., 2021) in the half-split convention of Hugging Face's Llama.
struct RotaryEmbedding {
    /// cos and sin for each position, `[T, 1, d]`.
    let cosine: Tensor
    let sine: Tensor

    init(positions: [Int], headWidth: Int, theta: Double) throws {
        let half = headWidth / 2
        // The reference computes frequencies and angles in float32; so does this, to give its logits.
        let frequencies = (0..<half).map { 1 / Float(pow(theta, Double(2 * $0) / Double(headWidth))) }
        var cosines = [Float]()
        var sines = [Float]()
        cosines.reserveCapacity(positions.count * headWidth)
        sines.reserveCapacity(positions.count * headWidth)
        for position in positions {
            let angles = frequencies.map { Float(position) * $0 }
            for _ in 0..<2 {
                cosines.append(contentsOf: angles.map { Foundation.cos($0) })
                sines.append(contentsOf: angles.map { Foundation.sin($0) })
            }
        }
        cosine = try Tensor.from(cosines, shape: [positions.count, 1, headWidth])
        sine = try Tensor.from(sines, shape: [positions.count, 1, headWidth])
    }

    /// Rotates heads `[T, H, d]` by their positions.
    func callAsFunction(_ heads: Tensor) throws -> Tensor {
        try heads * cosine + heads.quarterTurned() * sine
    }
}
