import TestSupport
import Testing
import Torch

/// float32 sums of some hundred products, in another order.
let kernelTolerance = 2e-5

/// Random float32 tensors in −1…1.
struct Draw {
    var random: TestRandom

    init(seed: Int) { random = TestRandom(seed: seed) }

    mutating func tensor(_ shape: Int..., in range: ClosedRange<Double> = -1...1) throws -> Tensor {
        let tensor = try Tensor.from(
            random.values(shape.reduce(1, *), in: range).map(Float.init), shape: shape)
        try tensor.setRequiresGrad(true)
        return tensor
    }
}

func numbers(_ tensor: Tensor) throws -> [Double] {
    try tensor.elements(Float.self).map(Double.init)
}

/// Largest difference of values and of the gradients of Σ output · factors, ours against the composition of
/// libtorch.
func distance(
    _ inputs: [Tensor], seed: Int, ours: () throws -> Tensor, composed: () throws -> Tensor
) throws -> Double {
    var results: [[[Double]]] = []
    for isOurs in [true, false] {
        let output = try isOurs ? ours() : composed()
        var draw = Draw(seed: seed + 1000)
        let factors = try draw.tensor(output.count).detached()
        try (output.reshaped(-1) * factors).sum().backward()
        var all = [try numbers(output)]
        for input in inputs {
            all.append(try numbers(#require(try input.gradient)))
            try input.setGradient(nil)
        }
        results.append(all)
    }
    return zip(results[0], results[1]).map { difference($0, $1) }.max() ?? .infinity
}
