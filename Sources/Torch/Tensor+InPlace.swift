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

    /// What one Adam step of rows multiplies by (Kingma and Ba, 2015).
    public struct AdamRows {
        /// Decay of the first moments, and one less it.
        public var beta1: (kept: Float, fresh: Float)
        /// Decay of the second moments, and one less it.
        public var beta2: (kept: Float, fresh: Float)
        /// The learning rate over the first moments' correction.
        public var rate: Float
        /// One over the root of the second moments' correction.
        public var root: Float
        /// Added to the root of the second moment.
        public var epsilon: Float
        /// Factor of the gradient.
        public var scale: Float

        /// A step; see the members.
        public init(
            beta1: (kept: Float, fresh: Float), beta2: (kept: Float, fresh: Float), rate: Float, root: Float,
            epsilon: Float, scale: Float
        ) {
            (self.beta1, self.beta2, self.rate, self.root) = (beta1, beta2, rate, root)
            (self.epsilon, self.scale) = (epsilon, scale)
        }
    }

    /// One Adam step of some rows of this table, float32 `[R, E]` in the processor's memory, and of its
    /// moments.
    ///
    /// - Parameters:
    ///   - rows: int32 `[n]`, each at most once.
    ///   - gradient: `[n, E]`.
    public func stepRows(
        _ rows: Tensor, gradient: Tensor, firstMoments: Tensor, secondMoments: Tensor, _ step: AdamRows
    ) throws {
        var numbers = ct_row_adam(
            beta1: step.beta1.kept, fresh1: step.beta1.fresh, beta2: step.beta2.kept,
            fresh2: step.beta2.fresh, rate: step.rate, root: step.root, epsilon: step.epsilon,
            scale: step.scale)
        let status = ct_adam_rows_(
            handle, firstMoments.handle, secondMoments.handle, rows.handle, gradient.handle, &numbers)
        try check("adam_rows_", [self, gradient], status)
    }
}
