// Products with a weight in the element type that is asked for, and their gradients.
#pragma once

#include <ATen/core/Tensor.h>
#include <ATen/ops/mm.h>
#include <ATen/ops/zeros.h>

#include "Handles.h"
#include "Kernels/Rows.h"

namespace taiji {

using ProductType = std::optional<at::ScalarType>;

inline ProductType product_type_of(int type) {
    return type < 0 ? std::nullopt : ProductType(scalar_type(ct_dtype(type)));
}

inline int64_t code(ProductType product_type) { return product_type ? int64_t(*product_type) : -1; }
inline ProductType decode(int64_t code) { return code < 0 ? std::nullopt : ProductType(at::ScalarType(code)); }

/// Numbers in the element type in which they are multiplied; the same tensor where that is theirs already. What goes into
/// several products is narrowed once.
inline at::Tensor narrowed(const at::Tensor &numbers, ProductType product_type) {
    return product_type ? numbers.to(*product_type) : numbers;
}

/// dY · W in `type`, the gradient of the input of a projection. `upstream` may be narrowed already.
inline at::Tensor input_gradient(const at::Tensor &upstream, const at::Tensor &weight, ProductType product_type,
                                 at::ScalarType type) {
    if (product_type && *product_type != type) {
        return at::mm(narrowed(upstream, product_type), narrowed(weight, product_type)).to(type);
    }
    if (weight.scalar_type() == type) return at::mm(upstream, weight);
    auto sum = at::zeros({upstream.size(0), weight.size(1)}, upstream.options());
    over_widened(weight, type, [&](int64_t first, const at::Tensor &block) {
        sum.addmm_(upstream.slice(1, first, first + block.size(0)), block);
    });
    return sum;
}

/// dYᵀ · X in `type`, the gradient of the weight. Both may be narrowed already.
inline at::Tensor weight_gradient(const at::Tensor &upstream, const at::Tensor &x, ProductType product_type,
                                  at::ScalarType type) {
    return at::mm(narrowed(upstream, product_type).t(), narrowed(x, product_type)).to(type);
}

}  // namespace taiji
