// Row-wise kernels over whole tensors, on all threads.
#pragma once

#include <ATen/core/Tensor.h>

#include <optional>

namespace taiji {

/// x Wᵀ + b of float32 rows `[T, in]`. Up to 64 rows of float32 or bfloat16 weights take the kernel that reads each weight
/// once and whose rows do not depend on each other; more rows, or `compute`, take libtorch's product in that type (or the
/// weight's). The result is float32.
at::Tensor project(const at::Tensor &x, const at::Tensor &weight, const at::Tensor &bias,
                   std::optional<at::ScalarType> compute);

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
/// Scores in place to the gradient of Σ factors[t] · log P(targets[t]).
void likelihood_slopes(at::Tensor &scores, const at::Tensor &normalizers, const at::Tensor &targets,
                       const at::Tensor &factors);

}  // namespace taiji
