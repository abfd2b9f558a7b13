// The decoder's operations as compositions of ATen calls: for devices that the kernels of Kernels/ do not reach. They keep
// what ATen keeps for the backward pass, and compute what the kernels compute (Tests/LanguageModelsTests/DeviceTests.swift).
#pragma once

#include <ATen/core/Tensor.h>

#include <optional>
#include <vector>

namespace taiji::composed {

/// x Wᵀ + b in `product_type`, or in the type of x.
at::Tensor project(const at::Tensor &x, const at::Tensor &weight, const at::Tensor &bias,
                   std::optional<at::ScalarType> product_type);
/// RMSNorm over the last axis, in the type of x.
at::Tensor normalize(const at::Tensor &x, const at::Tensor &weight, double epsilon);
/// silu(gate) · up.
at::Tensor gate(const at::Tensor &gate, const at::Tensor &up);
/// Heads [T, H, d] turned by cosines and sines [T, d / 2].
at::Tensor rotate(const at::Tensor &x, const at::Tensor &cosine, const at::Tensor &sine);
/// Queries [T, H, d], keys and values [T, Hkv, d], segments [S, 4] (int64, on the CPU). Gives [T, H, d].
at::Tensor packed_attention(const at::Tensor &queries, const at::Tensor &keys, const at::Tensor &values,
                            const at::Tensor &segments);
/// Scores in place to the gradient of Σ factors[t] · log P(targets[t]). Gives the mean score of each row under P, [T].
at::Tensor likelihood_slopes(at::Tensor &scores, const at::Tensor &normalizers, const at::Tensor &targets,
                             const at::Tensor &factors);

/// Slabs of pages as in PagedAttention.cpp.
struct Slabs {
    std::vector<at::Tensor> slabs;
    int64_t page_tokens, heads, width, padded_width;

    /// Views of a page: keys [Hkv, d, tokens] and values [Hkv, tokens, d].
    at::Tensor keys(int32_t page) const;
    at::Tensor values(int32_t page) const;
    /// The page as it lies in its slab.
    at::Tensor page(int32_t page) const;
};
void store_pages(const Slabs &slabs, const at::Tensor &keys, const at::Tensor &values, const int32_t *page_of,
                 const int32_t *place_of);
/// One query token [B, H, d] a sequence. Gives [B, H · d].
at::Tensor paged_attention(const Slabs &slabs, const at::Tensor &queries, const int32_t *tables,
                           const int64_t *table_starts, const int64_t *lengths);

}  // namespace taiji::composed
