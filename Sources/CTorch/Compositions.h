// The decoder's operations as compositions of ATen calls, forwards and backwards: for devices that the kernels of Kernels/ do
// not reach. Rows.h chooses; what is kept for the backward pass is the same (Tests/LanguageModelsTests/DeviceTests.swift).
#pragma once

#include <ATen/core/Tensor.h>

#include <optional>
#include <utility>

namespace taiji::composed {

/// RMSNorm over the last axis, in the type of x, and the gradients of x and weight.
at::Tensor normalize(const at::Tensor &x, const at::Tensor &weight, double epsilon);
std::pair<at::Tensor, at::Tensor> normalize_backward(const at::Tensor &upstream, const at::Tensor &x,
                                                     const at::Tensor &weight, double epsilon);
/// silu(gate) · up, and the gradients of gate and up.
at::Tensor gate(const at::Tensor &gate, const at::Tensor &up);
std::pair<at::Tensor, at::Tensor> gate_backward(const at::Tensor &upstream, const at::Tensor &gate, const at::Tensor &up);
/// Heads [T, H, d] turned by cosines and sines [T, d / 2]; direction −1 turns back.
at::Tensor rotate(const at::Tensor &x, const at::Tensor &cosine, const at::Tensor &sine, float direction);
/// Queries [T, H, d], keys and values [T, Hkv, d], segments [S, 4] (int64, on the CPU), attended to in `product_type`, or in
/// the type of the queries (SharedPromptAttention.cpp). Gives [T, H, d].
at::Tensor packed_attention(const at::Tensor &queries, const at::Tensor &keys, const at::Tensor &values,
                            const at::Tensor &segments, std::optional<at::ScalarType> product_type);
/// Scores in place to the gradient of Σ factors[t] · log P(targets[t]). Gives the mean score of each row under P, [T].
at::Tensor likelihood_slopes(at::Tensor &scores, const at::Tensor &normalizers, const at::Tensor &targets,
                             const at::Tensor &factors);

}  // namespace taiji::composed
