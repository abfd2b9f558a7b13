// What the packed attention kernel works on.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <tuple>
#include <vector>

namespace taiji {

/// Tokens start..<end; each sees the tokens prefix_start..<prefix_end and those of its own segment up to itself. The
/// prefix, if there is one, is a segment before it that has none.
struct Segment {
    int64_t start, end, prefix_start, prefix_end;
};

/// Segments [S, 4] (int64, in the processor's memory), which must cover all tokens in order.
std::vector<Segment> segments_of(const at::Tensor &segments, int64_t tokens);

/// One query head with its key and value head. Rows are tokens, `*_stride` numbers apart.
struct PackedHead {
    const float *queries, *keys, *values;
    float *mixed;        // as queries
    float *normalizers;  // [T], log Σ exp of the row's scores
    int64_t query_stride, key_stride, width;
    float scale;
};

struct PackedGradients {
    const float *upstream;  // of `mixed`
    float *queries;         // as the queries
    float *keys, *values;   // [tokens of the root, padded width]
    int64_t origin;         // first token of the root
};

/// Queries [T, H, d], keys and values [T, Hkv, d], segments [S, 4] (int64). Gives [T, H, d] and the normalizers [H, T].
std::tuple<at::Tensor, at::Tensor> packed_attention(const at::Tensor &queries, const at::Tensor &keys,
                                                    const at::Tensor &values, const at::Tensor &segments);

/// Gradients of queries, keys and values.
std::tuple<at::Tensor, at::Tensor, at::Tensor> packed_attention_backward(
    const at::Tensor &upstream, const at::Tensor &queries, const at::Tensor &keys, const at::Tensor &values,
    const at::Tensor &mixed, const at::Tensor &normalizers, const at::Tensor &segments);

}  // namespace taiji
