import CTorch

extension Tensor {
    /// `body(self)`, keeping nothing that lies between for the backward pass, which runs `body` once more
    /// instead.
    ///
    /// - Parameter body: one tensor to another, the same each time; may hold parameters, whose gradients are
    ///   added to them in the backward pass.
    public func recomputing(_ body: @escaping (Tensor) throws -> Tensor) throws -> Tensor {
        let stretch = Stretch(body)
        // Passed to the shim with a count of its own; `release` takes it back.
        let context = Unmanaged.passRetained(stretch).toOpaque()
        do {
            return try make("recompute", self) { out in
                ct_recompute(
                    handle, Stretch.run, { Unmanaged<Stretch>.fromOpaque($0).release() }, context, out)
            }
        } catch {
            throw stretch.failure ?? error
        }
    }
}

/// A closure that C calls, and what it threw.
private final class Stretch {
    let body: (Tensor) throws -> Tensor
    var failure: (any Error)?

    init(_ body: @escaping (Tensor) throws -> Tensor) { self.body = body }

    static let run: ct_stretch = { context, input, output in
        let stretch = Unmanaged<Stretch>.fromOpaque(context).takeUnretainedValue()
        var copy: OpaquePointer?
        do {
            try check("view", [], ct_alias(input, &copy))
            guard let copy else { return 1 }
            let made = try stretch.body(Tensor(owning: copy))
            return ct_alias(made.handle, output)
        } catch {
            stretch.failure = error
            return 1
        }
    }
}
