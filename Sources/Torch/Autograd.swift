import CTorch

/// Runs `body` without recording a graph for gradients, on this thread.
public func withoutGrad<Result>(_ body: () throws -> Result) rethrows -> Result {
    let before = ct_grad_enabled()
    ct_set_grad_enabled(false)
    defer { ct_set_grad_enabled(before) }
    return try body()
}

extension Tensor {
    /// Whether operations on this tensor are recorded for gradients.
    public var requiresGrad: Bool { ct_requires_grad(handle) }

    /// Starts or stops recording for a tensor that no operation made (a parameter).
    public func setRequiresGrad(_ isRequired: Bool) throws {
        try check("requires_grad_", [self], ct_require_grad(handle, isRequired))
    }

    /// Adds the gradient of this scalar to `gradient` of every parameter behind it.
    ///
    /// - Parameter retainsGraph: keep the graph for another backward pass.
    public func backward(retainsGraph: Bool = false) throws {
        try check("backward", [self], ct_backward(handle, retainsGraph))
    }

    /// Adds the gradient of Σ self · `gradient` to `gradient` of every parameter behind this tensor.
    public func backward(from gradient: Tensor, retainsGraph: Bool = false) throws {
        try check("backward", [self, gradient], ct_backward_from(handle, gradient.handle, retainsGraph))
    }

    /// The same for some parameters alone: the pass stops where none of them lies further behind, and leaves
    /// the gradients of all others as they are.
    public func backward(from gradient: Tensor, to parameters: [Tensor], retainsGraph: Bool = false) throws {
        let status = withExtendedLifetime(parameters) {
            ct_backward_to(
                handle, gradient.handle, parameters.map(\.handle), CInt(parameters.count), retainsGraph)
        }
        try check("backward", [self, gradient], status)
    }

    /// What backward passes have accumulated; nil before the first.
    public var gradient: Tensor? {
        get throws {
            var grad: OpaquePointer?
            try check("grad", [self], ct_grad(handle, &grad))
            return grad.map(Tensor.init(owning:))
        }
    }

    /// Replaces the accumulated gradient; nil clears it and frees its memory.
    public func setGradient(_ gradient: Tensor?) throws {
        try check("set_grad", [self], ct_set_grad(handle, gradient?.handle))
    }
}
