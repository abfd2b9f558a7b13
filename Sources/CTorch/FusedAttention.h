// Attention of one block of queries to one block of keys by the library's fused kernels, which hold no matrix of scores.
// Blocks that share queries are merged by their normalizers, and each one's gradient is computed from the merged output.
#pragma once

#include <ATen/core/Tensor.h>

namespace taiji::composed {

/// What queries [B, H, L, d] found in one block of keys.
struct Mixed {
    at::Tensor values;       ///< [B, H, L, d]
    at::Tensor normalizers;  ///< log Σ exp of the scaled scores, float32 [B, H, L]
};

/// softmax(q kᵀ / √d) v with q [B, H, L, d], k and v [B, H, K, d]; `causal` needs L = K.
Mixed fused_attention(const at::Tensor &q, const at::Tensor &k, const at::Tensor &v, bool causal);

struct AttentionSlopes {
    at::Tensor q, k, v;
};

/// Gradients of one block's queries, keys and values. `mixed` and `slopes` are of the queries' whole output: where they
/// also attended to other blocks, the merged values and normalizers give this block its share (as in ring attention, Liu
/// et al., 2023).
AttentionSlopes fused_attention_backward(const at::Tensor &slopes, const at::Tensor &q, const at::Tensor &k,
                                         const at::Tensor &v, const Mixed &mixed, bool causal);

}  // namespace taiji::composed
