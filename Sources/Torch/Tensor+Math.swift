import CTorch

extension Tensor {
    /// Sum, with broadcasting.
    public static func + (left: Tensor, right: Tensor) throws -> Tensor {
        try make("add", left, right) { ct_add(left.handle, right.handle, 1, $0) }
    }

    /// Difference, with broadcasting.
    public static func - (left: Tensor, right: Tensor) throws -> Tensor {
        try make("sub", left, right) { ct_add(left.handle, right.handle, -1, $0) }
    }

    /// Product element by element, with broadcasting.
    public static func * (left: Tensor, right: Tensor) throws -> Tensor {
        try make("mul", left, right) { ct_mul(left.handle, right.handle, $0) }
    }

    /// Quotient element by element, with broadcasting.
    public static func / (left: Tensor, right: Tensor) throws -> Tensor {
        try make("div", left, right) { ct_div(left.handle, right.handle, $0) }
    }

    /// Every element plus a number.
    public static func + (left: Tensor, right: Double) throws -> Tensor {
        try make("add", left) { ct_add_scalar(left.handle, right, $0) }
    }

    /// Every element minus a number.
    public static func - (left: Tensor, right: Double) throws -> Tensor { try left + (-right) }

    /// Every element times a number.
    public static func * (left: Tensor, right: Double) throws -> Tensor {
        try make("mul", left) { ct_mul_scalar(left.handle, right, $0) }
    }

    /// Every element negated.
    public static prefix func - (tensor: Tensor) throws -> Tensor { try tensor * -1 }

    /// Every element moved into `range`.
    public func clamped(to range: ClosedRange<Double>) throws -> Tensor {
        try make("clamp", self) { ct_clamp(handle, range.lowerBound, range.upperBound, $0) }
    }

    /// eˣ.
    public func exp() throws -> Tensor { try make("exp", self) { ct_exp(handle, $0) } }
    /// Natural logarithm.
    public func log() throws -> Tensor { try make("log", self) { ct_log(handle, $0) } }
    /// √x.
    public func squareRoot() throws -> Tensor { try make("sqrt", self) { ct_sqrt(handle, $0) } }
    /// 1 / (1 + e⁻ˣ).
    public func sigmoid() throws -> Tensor { try make("sigmoid", self) { ct_sigmoid(handle, $0) } }
    /// max(x, 0).
    public func relu() throws -> Tensor { try make("relu", self) { ct_relu(handle, $0) } }
    /// x · sigmoid(x).
    public func silu() throws -> Tensor { try make("silu", self) { ct_silu(handle, $0) } }
    /// x · Φ(x), the exact form.
    public func gelu() throws -> Tensor { try make("gelu", self) { ct_gelu(handle, $0) } }

    /// Sum of all elements, rank 0.
    public func sum() throws -> Tensor { try make("sum", self) { ct_sum(handle, $0) } }

    /// Sum over one axis.
    public func sum(axis: Int, keepsAxis: Bool = false) throws -> Tensor {
        try make("sum", self) { ct_sum_axis(handle, Int64(axis), keepsAxis, $0) }
    }

    /// Mean of all elements, rank 0.
    public func mean() throws -> Tensor { try make("mean", self) { ct_mean(handle, $0) } }

    /// Euclidean norm over one axis.
    public func norm(axis: Int, keepsAxis: Bool = false) throws -> Tensor {
        try make("norm", self) { ct_norm_axis(handle, Int64(axis), keepsAxis, $0) }
    }

    /// Index of the largest element of one axis, int64; the first of equals.
    public func argmax(axis: Int) throws -> Tensor {
        try make("argmax", self) { ct_argmax(handle, Int64(axis), $0) }
    }

    /// log Σ eˣ over one axis.
    public func logSumExp(axis: Int) throws -> Tensor {
        try make("logsumexp", self) { ct_logsumexp(handle, Int64(axis), $0) }
    }

    /// Inner product of two vectors `[n]`, rank 0.
    public func dot(_ other: Tensor) throws -> Tensor {
        try make("dot", self, other) { ct_dot(handle, other.handle, $0) }
    }
}
