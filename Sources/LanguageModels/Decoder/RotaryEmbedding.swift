import Foundation
import Torch

/// Rotary position embedding (Su et al., 2021) in the half-split convention of Hugging Face's Llama.
struct RotaryEmbedding {
    /// cos and sin for each position, `[T, d / 2]`.
    let cosine: Tensor
    let sine: Tensor

    init(positions: [Int], _ configuration: DecoderConfiguration) throws {
        let (width, half) = (configuration.headWidth, configuration.headWidth / 2)
        // The reference computes frequencies and angles in float32; so does this, to give its logits.
        let plain = (0..<half).map { 1 / Float(pow(configuration.ropeTheta, Double(2 * $0) / Double(width))) }
        let frequencies = configuration.ropeScaling?.scaled(plain, theta: configuration.ropeTheta) ?? plain
        let length = configuration.ropeScaling?.length ?? 1
        var cosines = [Float]()
        var sines = [Float]()
        cosines.reserveCapacity(positions.count * half)
        sines.reserveCapacity(positions.count * half)
        for position in positions {
            for frequency in frequencies {
                let angle = Float(position) * frequency
                cosines.append(Foundation.cos(angle) * length)
                sines.append(Foundation.sin(angle) * length)
            }
        }
        cosine = try Tensor.from(cosines, shape: [positions.count, half])
        sine = try Tensor.from(sines, shape: [positions.count, half])
    }

    /// Rotates heads `[T, H, d]` by their positions.
    func callAsFunction(_ heads: Tensor) throws -> Tensor { try heads.rotated(cosine: cosine, sine: sine) }
}
