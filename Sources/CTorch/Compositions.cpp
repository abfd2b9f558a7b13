#include "Compositions.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/rms_norm.h>
#include <ATen/ops/scaled_dot_product_attention.h>
#include <ATen/ops/silu.h>
#include <ATen/ops/stack.h>

namespace taiji::composed {

at::Tensor project(const at::Tensor &x, const at::Tensor &weight, const at::Tensor &bias,
                   std::optional<at::ScalarType> product_type) {
    TORCH_CHECK(weight.scalar_type() != at::kByte, "8-bit weights are multiplied on the processor alone");
    const auto type = product_type.value_or(x.scalar_type());
    const auto y = at::linear(x.to(type), weight.to(type)).to(x.scalar_type());
    return bias.defined() ? y + bias : y;
}

at::Tensor normalize(const at::Tensor &x, const at::Tensor &weight, double epsilon) {
    return at::rms_norm(x, weight.sizes(), weight, epsilon);
}

at::Tensor gate(const at::Tensor &gate, const at::Tensor &up) { return at::silu(gate) * up; }

at::Tensor rotate(const at::Tensor &x, const at::Tensor &cosine, const at::Tensor &sine) {
    const auto halves = x.chunk(2, -1);
    const auto c = cosine.unsqueeze(1), s = sine.unsqueeze(1);  // [T, 1, d / 2]
    return at::cat({halves[0] * c - halves[1] * s, halves[1] * c + halves[0] * s}, -1);
}

at::Tensor packed_attention(const at::Tensor &queries, const at::Tensor &keys, const at::Tensor &values,
                            const at::Tensor &segments) {
    TORCH_CHECK(segments.is_cpu() && segments.scalar_type() == at::kLong && segments.dim() == 2 && segments.size(1) == 4,
                "packed attention needs segments [S, 4] of int64 in the processor's memory, found ", segments.sizes());
    const auto *bound = segments.const_data_ptr<int64_t>();
    std::vector<at::Tensor> parts;
    for (int64_t i = 0; i < segments.size(0); i++, bound += 4) {
        const int64_t own = bound[1] - bound[0], before = bound[3] - bound[2];
        // [1, heads, tokens, d], the prefix before the segment's own tokens.
        const auto seen = [&](const at::Tensor &all) {
            const auto part = all.slice(0, bound[0], bound[1]);
            return (before ? at::cat({all.slice(0, bound[2], bound[3]), part}) : part).transpose(0, 1).unsqueeze(0);
        };
        const auto q = queries.slice(0, bound[0], bound[1]).transpose(0, 1).unsqueeze(0);
        const auto mask = at::ones({own, before + own}, queries.options().dtype(at::kBool)).tril(before);
        const auto mixed = at::scaled_dot_product_attention(q, seen(keys), seen(values), mask, 0, false, std::nullopt,
                                                            keys.size(1) != queries.size(1));
        parts.push_back(mixed.squeeze(0).transpose(0, 1));  // [tokens, H, d]
    }
    return at::cat(parts);
}

at::Tensor likelihood_slopes(at::Tensor &scores, const at::Tensor &normalizers, const at::Tensor &targets,
                             const at::Tensor &factors) {
    const auto chances = scores.sub(normalizers.unsqueeze(1)).exp_();
    const auto means = chances.mul(scores).sum(1);
    // d log P(t) / d scores = onehot(t) − softmax.
    scores.copy_(chances.mul_(factors.unsqueeze(1)).neg_());
    scores.scatter_add_(1, targets.unsqueeze(1), factors.unsqueeze(1));
    return means;
}

at::Tensor Slabs::page(int32_t page) const {
    const int64_t per_slab = slabs[0].size(0);
    const auto slab = size_t(page / per_slab);
    TORCH_CHECK(page >= 0 && slab < slabs.size(), "page ", page, " does not exist");
    return slabs[slab].select(0, page % per_slab);
}

at::Tensor Slabs::keys(int32_t index) const {
    return page(index).view({heads, -1}).slice(1, 0, width * page_tokens).view({heads, width, page_tokens});
}

at::Tensor Slabs::values(int32_t index) const {
    return page(index)
        .view({heads, -1})
        .slice(1, width * page_tokens)
        .view({heads, page_tokens, padded_width})
        .slice(2, 0, width);
}

void store_pages(const Slabs &slabs, const at::Tensor &keys, const at::Tensor &values, const int32_t *page_of,
                 const int32_t *place_of) {
    for (int64_t t = 0; t < keys.size(0);) {
        // Tokens that follow each other in a page are stored together.
        int64_t end = t + 1;
        while (end < keys.size(0) && page_of[end] == page_of[t] && place_of[end] == place_of[end - 1] + 1) end++;
        const int64_t place = place_of[t], count = end - t;
        slabs.keys(page_of[t]).slice(2, place, place + count).copy_(keys.slice(0, t, end).permute({1, 2, 0}));
        slabs.values(page_of[t]).slice(1, place, place + count).copy_(values.slice(0, t, end).transpose(0, 1));
        t = end;
    }
}

at::Tensor paged_attention(const Slabs &slabs, const at::Tensor &queries, const int32_t *tables,
                           const int64_t *table_starts, const int64_t *lengths) {
    std::vector<at::Tensor> rows;
    for (int64_t row = 0; row < queries.size(0); row++) {
        std::vector<at::Tensor> keys, values;
        for (int64_t i = table_starts[row]; i < table_starts[row + 1]; i++) {
            keys.push_back(slabs.keys(tables[i]));
            values.push_back(slabs.values(tables[i]));
        }
        const auto k = at::cat(keys, 2).slice(2, 0, lengths[row]).transpose(1, 2).unsqueeze(0);  // [1, Hkv, length, d]
        const auto v = at::cat(values, 1).slice(1, 0, lengths[row]).unsqueeze(0);
        const auto q = queries[row].unsqueeze(1).unsqueeze(0);  // [1, H, 1, d]
        const auto mixed = at::scaled_dot_product_attention(q, k, v, {}, 0, false, std::nullopt,
                                                            slabs.heads != queries.size(1));
        rows.push_back(mixed.reshape({-1}));
    }
    return at::stack(rows);
}

}  // namespace taiji::composed
