// Row-wise kernels over whole tensors, on all threads.
#pragma once

#include <ATen/core/Tensor.h>

#include <functional>
#include <optional>

namespace taiji {

/// x Wᵀ + b of rows `[T, in]`, in the type of x. Up to 64 float32 rows take the kernel that reads each weight once, in the
/// type in which it is stored, and whose rows do not depend on each other. More rows take libtorch's product, in `product_type`
/// or in the type of x; narrower weights are widened a block at a time. 8-bit weights (`EightBit.h`) have a product of their
/// own.
at::Tensor project(const at::Tensor &x, const at::Tensor &weight, const at::Tensor &bias,
                   std::optional<at::ScalarType> product_type);

/// x Wᵀ + b in `type`, of rows that are in the element type of the product already.
at::Tensor project_narrow(const at::Tensor &x, const at::Tensor &weight, const at::Tensor &bias, at::ScalarType type);

/// Calls body(first row, rows) for blocks of a weight's rows in another type, about 64 MiB of float32 at a time.
void over_widened(const at::Tensor &weight, at::ScalarType type,
                  const std::function<void(int64_t, const at::Tensor &)> &body);

/// RMSNorm over the last axis of contiguous float32.
at::Tensor normalize(const at::Tensor &x, const at::Tensor &weight, double epsilon);
/// Gradients of x and weight.
std::pair<at::Tensor, at::Tensor> normalize_backward(const at::Tensor &upstream, const at::Tensor &x,
                                                     const at::Tensor &weight, double epsilon);

/// Heads [T, H, d] turned by cosines and sines [T, d / 2]; direction −1 turns back.
at::Tensor rotate(const at::Tensor &x, const at::Tensor &cosine, const at::Tensor &sine, float direction);

/// silu(gate) · up.
at::Tensor gate(const at::Tensor &gate, const at::Tensor &up);
std::pair<at::Tensor, at::Tensor> gate_backward(const at::Tensor &upstream, const at::Tensor &gate,
                                                const at::Tensor &up);

/// log Σ exp of each row of scores [T, V].
at::Tensor log_normalizers(const at::Tensor &scores);
/// Scores in place to the gradient of Σ factors[t] · log P(targets[t]). Gives the mean score of each row under P, [T].
at::Tensor likelihood_slopes(at::Tensor &scores, const at::Tensor &normalizers, const at::Tensor &targets,
                             const at::Tensor &factors);

}  // namespace taiji
