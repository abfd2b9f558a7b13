public import Torch

/// Adam over the rows of a table that a batch touches, so that a step costs what the batch has and not what
/// the table has.
///
/// A row's moments move only when the row is touched, and are corrected by the number of all steps, as
/// libtorch's SparseAdam does: a row that is touched in every step moves as under Adam.
public final class RowAdam {
    private let table: Tensor
    private let firstMoments: Tensor
    private let secondMoments: Tensor
    private let configuration: AdamWConfiguration
    private var step = 0

    /// Fresh moments, zero.
    ///
    /// - Parameter table: float32 `[R, E]`, in the processor's memory.
    /// - Throws: `TorchError.unexpected` for another element type, or weight decay, which every row would
    ///   feel.
    public init(_ table: Tensor, configuration: AdamWConfiguration) throws {
        guard configuration.weightDecay == 0, try table.elementType == .float32 else {
            throw TorchError.unexpected(
                operation: "Adam over rows", expected: "float32 and no weight decay",
                found: "\(try table.elementType) and \(configuration.weightDecay)")
        }
        self.table = table
        self.configuration = configuration
        firstMoments = try Tensor.zeros(table.shape)
        secondMoments = try Tensor.zeros(table.shape)
    }

    /// A copy of some rows, `[rows, E]`, to compute with and to take the gradient of.
    public func leaf(of rows: [Int32]) throws -> Tensor {
        let leaf = try withoutGrad { try table.embedding(Tensor.from(rows, shape: [rows.count])) }
        try leaf.setRequiresGrad(true)
        return leaf
    }

    /// One step of the rows.
    ///
    /// - Parameters:
    ///   - rows: each at most once.
    ///   - gradient: `[rows, E]`.
    ///   - scale: what the gradient is multiplied by, for clipping.
    public func step(rows: [Int32], gradient: Tensor, learningRate: Double, scale: Double = 1) throws {
        guard gradient.shape == [rows.count, table.shape[1]] else {
            throw TorchError.unexpected(
                operation: "Adam over rows", expected: "a gradient of \([rows.count, table.shape[1]])",
                found: "\(gradient.shape)")
        }
        step += 1
        let (beta1, beta2) = (configuration.beta1, configuration.beta2)
        let correction1 = 1 - beta1.power(step)
        let correction2 = (1 - beta2.power(step)).squareRoot()
        // w −= rate/c₁ · m / (√v / √c₂ + ε). Not 1 − β₂ in float32, which is off by 5 in 10⁵.
        try table.stepRows(
            Tensor.from(rows, shape: [rows.count]), gradient: gradient, firstMoments: firstMoments,
            secondMoments: secondMoments,
            Tensor.AdamRows(
                beta1: (Float(beta1), Float(1 - beta1)), beta2: (Float(beta2), Float(1 - beta2)),
                rate: Float(learningRate / correction1), root: Float(1 / correction2),
                epsilon: Float(configuration.epsilon), scale: Float(scale)))
    }
}

extension Double {
    /// Integer power; the same on every platform.
    fileprivate func power(_ exponent: Int) -> Double {
        var (result, base, left) = (1.0, self, exponent)
        while left > 0 {
            if left & 1 == 1 { result *= base }
            base *= base
            left >>= 1
        }
        return result
    }
}
