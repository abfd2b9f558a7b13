import CTorch

extension Tensor {
    /// Overwrites this tensor's elements; shapes broadcast. Call under `withoutGrad` for parameters.
    public func copy(from source: Tensor) throws {
        try check("copy_", [self, source], ct_copy_(handle, source.handle))
    }

    /// Adds `scale · source` to this tensor's elements.
    public func add(_ source: Tensor, scaledBy scale: Double = 1) throws {
        try check("add_", [self, source], ct_add_(handle, source.handle, scale))
    }

    /// Multiplies this tensor's elements by a number.
    public func scale(by factor: Double) throws {
        try check("mul_", [self], ct_mul_scalar_(handle, factor))
    }

    /// One AdamW step of libtorch's fused kernel over lists of equal length (Loshchilov and Hutter, 2019).
    ///
    /// - Parameter steps: float32 scalars, the number of steps after this one, one a parameter.
    public static func fusedAdamW(
        parameters: [Tensor], gradients: [Tensor], firstMoments: [Tensor], secondMoments: [Tensor],
        steps: [Tensor], learningRate: Double, betas: (Double, Double), weightDecay: Double, epsilon: Double
    ) throws {
        let lists = [parameters, gradients, firstMoments, secondMoments, steps]
        guard lists.allSatisfy({ $0.count == parameters.count }) else {
            throw TorchError.unexpected(
                operation: "fused AdamW", expected: "lists of \(parameters.count)",
                found: "\(lists.map(\.count))")
        }
        let status = withExtendedLifetime(lists) {
            ct_fused_adamw_(
                parameters.map(\.handle), gradients.map(\.handle), firstMoments.map(\.handle),
                secondMoments.map(\.handle), steps.map(\.handle), CInt(parameters.count), learningRate,
                betas.0, betas.1, weightDecay, epsilon)
        }
        try check("fused_adamw", Array(parameters.prefix(1)), status)
    }
}
