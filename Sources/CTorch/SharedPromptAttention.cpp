// Packed attention as a composition of fused kernels, with a gradient of its own: a token attends to its segment and to the
// prompt before it in separate calls, whose results are merged by log-sum-exp.
#include <torch/csrc/autograd/custom_function.h>

#include <ATen/TensorOperators.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/logaddexp.h>
#include <ATen/ops/zeros_like.h>

#include "Compositions.h"
#include "FusedAttention.h"
#include "SegmentBlocks.h"

using torch::autograd::AutogradContext;
using torch::autograd::Function;
using torch::autograd::variable_list;

namespace taiji::composed {

namespace {

/// Rows [N, heads, d] of a block as [B, H, L, d]; keys and values are repeated for the query heads that share them.
at::Tensor gathered(const at::Tensor &all, const OwnBlock &block, int64_t heads) {
    const auto rows = all.index_select(0, block.rows);
    const auto laid = rows.view({block.segments, block.length, all.size(1), all.size(2)}).transpose(1, 2);
    if (all.size(1) == heads) return laid;
    return laid.unsqueeze(2)
        .expand({-1, -1, heads / all.size(1), -1, -1})
        .reshape({block.segments, heads, block.length, all.size(2)});
}

/// The rows that are kept of [B, H, L, d], [N, H, d].
at::Tensor kept_rows(const at::Tensor &block_values, const OwnBlock &block) {
    return block_values.transpose(1, 2).flatten(0, 1).index_select(0, block.kept);
}

/// Gradients of keys [B, H, L, d] added to [T, Hkv, d]; query heads that share a key are summed.
void add_rows(at::Tensor &sum, const at::Tensor &slopes, const OwnBlock &block) {
    const auto rows = kept_rows(slopes, block);
    const auto shared = rows.view({rows.size(0), sum.size(1), -1, rows.size(2)}).sum(2);
    sum.index_add_(0, block.tokens, shared.to(sum.scalar_type()));
}

/// Query heads [n, H, d] as rows of the key head that they share, [1, Hkv, n · H / Hkv, d]: a prompt is seen whole, so the
/// order of its queries is free and no key is repeated.
at::Tensor by_key_head(const at::Tensor &queries, int64_t key_heads) {
    const int64_t count = queries.size(0), width = queries.size(2);
    return queries.reshape({count, key_heads, -1, width}).transpose(0, 1).reshape({1, key_heads, -1, width});
}

/// Back to [n, H, d], from [1, Hkv, n · H / Hkv, d].
at::Tensor by_token(const at::Tensor &rows, int64_t count) {
    const int64_t key_heads = rows.size(1), width = rows.size(3);
    return rows.view({key_heads, count, -1, width}).transpose(0, 1).reshape({count, -1, width});
}

/// Normalizers [n, H] as [1, Hkv, n · H / Hkv], and back.
at::Tensor normalizers_by_key_head(const at::Tensor &rows, int64_t key_heads) {
    return rows.reshape({rows.size(0), key_heads, -1}).transpose(0, 1).reshape({1, key_heads, -1});
}
at::Tensor normalizers_by_token(const at::Tensor &rows, int64_t count) {
    return rows.reshape({rows.size(1), count, -1}).transpose(0, 1).reshape({count, -1});
}

/// The prompt's keys or values, [1, Hkv, K, d].
at::Tensor prompt_of(const at::Tensor &all, const PrefixBlock &prefix) {
    return all.slice(0, prefix.start, prefix.end).transpose(0, 1).unsqueeze(0);
}

struct SharedPromptAttention : Function<SharedPromptAttention> {
    static at::Tensor forward(AutogradContext *ctx, const at::Tensor &queries, const at::Tensor &keys,
                              const at::Tensor &values, const at::Tensor &segments, int64_t type) {
        const auto product = at::ScalarType(type);
        const auto q = queries.to(product), k = keys.to(product), v = values.to(product);
        const SegmentBlocks blocks(segments, q);
        const int64_t heads = q.size(1), key_heads = k.size(1);
        auto mixed = at::empty(q.sizes(), q.options());
        auto normalizers = at::empty({q.size(0), heads}, q.options().dtype(at::kFloat));
        for (const auto &block : blocks.own) {
            const auto own =
                fused_attention(gathered(q, block, heads), gathered(k, block, heads), gathered(v, block, heads), true);
            mixed.index_copy_(0, block.tokens, kept_rows(own.values, block));
            normalizers.index_copy_(0, block.tokens, kept_rows(own.normalizers.unsqueeze(3), block).squeeze(2).to(at::kFloat));
        }
        for (const auto &prefix : blocks.prefixes) {
            const int64_t count = prefix.last - prefix.first;
            const auto found = fused_attention(by_key_head(q.slice(0, prefix.first, prefix.last), key_heads),
                                               prompt_of(k, prefix), prompt_of(v, prefix), false);
            auto own = mixed.slice(0, prefix.first, prefix.last);
            auto own_rows = normalizers.slice(0, prefix.first, prefix.last);
            const auto rows = normalizers_by_token(found.normalizers, count).to(at::kFloat);
            const auto both = at::logaddexp(own_rows, rows);
            const auto share = [&](const at::Tensor &part) { return (part - both).exp_().unsqueeze(2); };
            own.copy_(own * share(own_rows) + by_token(found.values, count) * share(rows));
            own_rows.copy_(both);
        }
        ctx->save_for_backward({q, k, v, mixed, normalizers, segments});
        return mixed.to(queries.scalar_type());
    }

    static variable_list backward(AutogradContext *ctx, const variable_list &upstream) {
        const auto s = ctx->get_saved_variables();
        const auto &q = s[0], &k = s[1], &v = s[2], &mixed = s[3], &normalizers = s[4];
        const SegmentBlocks blocks(s[5], q);
        const int64_t heads = q.size(1), key_heads = k.size(1);
        const auto slopes = upstream[0].to(q.scalar_type());
        const auto wide = q.options().dtype(at::kFloat);
        auto dq = at::empty(q.sizes(), wide), dk = at::zeros_like(k, wide), dv = at::zeros_like(v, wide);
        for (const auto &block : blocks.own) {
            // A repeated token's row is multiplied by 0, so that it adds nothing to the keys that it sees.
            const auto row_slopes = slopes.index_select(0, block.rows) *
                                    block.is_kept.view({-1, 1, 1}).to(slopes.scalar_type());
            const auto laid = row_slopes.view({block.segments, block.length, heads, -1}).transpose(1, 2);
            const Mixed own{gathered(mixed, block, heads), gathered(normalizers.unsqueeze(2), block, heads).squeeze(3)};
            const auto found = fused_attention_backward(laid, gathered(q, block, heads), gathered(k, block, heads),
                                                        gathered(v, block, heads), own, true);
            dq.index_copy_(0, block.tokens, kept_rows(found.q, block).to(at::kFloat));
            add_rows(dk, found.k, block);
            add_rows(dv, found.v, block);
        }
        for (const auto &prefix : blocks.prefixes) {
            const int64_t count = prefix.last - prefix.first;
            const auto part = [&](const at::Tensor &all) { return all.slice(0, prefix.first, prefix.last); };
            const Mixed both{by_key_head(part(mixed), key_heads), normalizers_by_key_head(part(normalizers), key_heads)};
            const auto found =
                fused_attention_backward(by_key_head(part(slopes), key_heads), by_key_head(part(q), key_heads),
                                         prompt_of(k, prefix), prompt_of(v, prefix), both, false);
            part(dq).add_(by_token(found.q.contiguous(), count));
            dk.slice(0, prefix.start, prefix.end).add_(found.k.squeeze(0).transpose(0, 1));
            dv.slice(0, prefix.start, prefix.end).add_(found.v.squeeze(0).transpose(0, 1));
        }
        return {dq, dk, dv, {}, {}};
    }
};

}  // namespace

at::Tensor packed_attention(const at::Tensor &queries, const at::Tensor &keys, const at::Tensor &values,
                            const at::Tensor &segments, std::optional<at::ScalarType> product_type) {
    const auto type = product_type.value_or(queries.scalar_type());
    return SharedPromptAttention::apply(queries, keys, values, segments, int64_t(type));
}

}  // namespace taiji::composed
