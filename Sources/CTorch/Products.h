// Products with a weight in the element type that is asked for, and their gradients.
#pragma once

#include <ATen/core/Tensor.h>
#include <ATen/ops/mm.h>
#include <ATen/ops/zeros.h>

#include "Handles.h"
#include "Kernels/Rows.h"

namespace taiji {

using Compute = std::optional<at::ScalarType>;

inline Compute compute_type(int type) {
    return type < 0 ? std::nullopt : Compute(scalar_type(ct_dtype(type)));
}

inline int64_t code(Compute compute) { return compute ? int64_t(*compute) : -1; }
inline Compute decode(int64_t code) { return code < 0 ? std::nullopt : Compute(at::ScalarType(code)); }

/// dY · W, the gradient of the input of a projection.
inline at::Tensor input_gradient(const at::Tensor &upstream, const at::Tensor &weight, Compute compute) {
    const auto type = upstream.scalar_type();
    if (compute && *compute != type) return at::mm(upstream.to(*compute), weight.to(*compute)).to(type);
    if (weight.scalar_type() == type) return at::mm(upstream, weight);
    auto sum = at::zeros({upstream.size(0), weight.size(1)}, upstream.options());
    over_widened(weight, type, [&](int64_t first, const at::Tensor &block) {
        sum.addmm_(upstream.slice(1, first, first + block.size(0)), block);
    });
    return sum;
}

/// dYᵀ · X, the gradient of the weight.
inline at::Tensor weight_gradient(const at::Tensor &upstream, const at::Tensor &x, Compute compute) {
    const auto type = compute.value_or(upstream.scalar_type());
    return at::mm(upstream.t().to(type), x.to(type)).to(upstream.scalar_type());
}

}  // namespace taiji
