// One token of every sequence attends to all that came before, in a few products for the whole batch: the prompt once for all
// of its completions, their own tokens side by side. Nothing is copied but the new tokens' keys and values.
#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/logaddexp.h>
#include <ATen/ops/logsumexp.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/zeros.h>

#include <cmath>
#include <limits>

#include "Handles.h"

using namespace taiji;

namespace {

struct Found {
    at::Tensor values;       // [N, Hkv, M, d]
    at::Tensor normalizers;  // [N, Hkv, M]
};

/// softmax(q kᵀ + bias) v of rows that see the same keys: q [N, Hkv, M, d] scaled, k and v [N, Hkv, K, d], bias [N, K]. The
/// scores [N, Hkv, M, K] are few, since M is the number of completions.
Found mix(const at::Tensor &q, const at::Tensor &k, const at::Tensor &v, const at::Tensor &bias) {
    const auto scores = at::matmul(q.to(k.scalar_type()), k.transpose(2, 3)).to(at::kFloat) + bias.unsqueeze(1).unsqueeze(1);
    const auto normalizers = scores.logsumexp(-1, true);
    const auto shares = (scores - normalizers).exp_();
    return {at::matmul(shares.to(v.scalar_type()), v).to(at::kFloat), normalizers.squeeze(3)};
}

/// Chosen queries [B, H, d] as [N, Hkv, G · H / Hkv, d].
at::Tensor laid(const at::Tensor &queries, const at::Tensor &rows, int64_t count, int64_t key_heads) {
    const int64_t width = queries.size(2);
    return queries.index_select(0, rows)
        .view({count, -1, key_heads, queries.size(1) / key_heads, width})  // [N, G, Hkv, r, d]
        .transpose(1, 2)
        .reshape({count, key_heads, -1, width});
}

/// Back to [N · G, H, d] of [N, Hkv, G · r, d], then the rows at `places`, [B, H, d].
at::Tensor at_places(const at::Tensor &values, const at::Tensor &places, int64_t repeats) {
    const int64_t count = values.size(0), key_heads = values.size(1), width = values.size(3);
    return values.reshape({count, key_heads, -1, repeats, width})
        .transpose(1, 2)
        .reshape({-1, key_heads * repeats, width})
        .index_select(0, places);
}

}  // namespace

int ct_put_rows_(ct_tensor destination, ct_tensor rows, ct_tensor source) {
    return guard([&] {
        auto flat = see(destination).view({-1, see(destination).size(3)});
        flat.index_copy_(0, see(rows), see(source).reshape({-1, flat.size(1)}).to(flat.scalar_type()));
    });
}

int ct_padding_bias(ct_tensor lengths, int64_t count, ct_tensor *out) {
    return produce(out, [&] {
        const auto &all = see(lengths);
        const auto places = at::arange(count, all.options()).unsqueeze(0);
        return at::zeros({all.size(0), count}, all.options().dtype(at::kFloat))
            .masked_fill_(places >= all.unsqueeze(1), -std::numeric_limits<double>::infinity());
    });
}

int ct_padded_attention(const ct_tensor *inputs, ct_tensor *out) {
    return produce(out, [&] {
        const auto all = see_all(inputs, 11);
        const auto &queries = all[0], &prompt_keys = all[1], &prompt_values = all[2], &prompt_bias = all[3];
        const auto &rows_of_prompts = all[4], &places = all[5], &keys = all[6], &values = all[7], &bias = all[8];
        const auto &row_of_slots = all[9], &slots = all[10];
        const int64_t key_heads = keys.size(1), repeats = queries.size(1) / key_heads;
        TORCH_CHECK(queries.size(1) % key_heads == 0, queries.size(1), " query heads do not fit ", key_heads, " key heads");
        const auto scaled = queries * (1 / std::sqrt(double(queries.size(2))));
        const auto prompt =
            mix(laid(scaled, rows_of_prompts, prompt_keys.size(0), key_heads), prompt_keys, prompt_values, prompt_bias);
        const auto own = mix(laid(scaled, row_of_slots, keys.size(0), key_heads), keys, values, bias);
        const auto prompt_rows = at_places(prompt.normalizers.unsqueeze(3), places, repeats);  // [B, H, 1]
        const auto own_rows = at_places(own.normalizers.unsqueeze(3), slots, repeats);
        const auto both = at::logaddexp(prompt_rows, own_rows);
        const auto mixed = at_places(prompt.values, places, repeats) * (prompt_rows - both).exp() +
                           at_places(own.values, slots, repeats) * (own_rows - both).exp();
        return mixed.reshape({queries.size(0), -1});
    });
}
