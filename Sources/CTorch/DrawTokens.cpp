// Sampling on the scores' device: B random numbers go there, B tokens come back.
#include <ATen/TensorOperators.h>
#include <ATen/ops/argmax.h>
#include <ATen/ops/searchsorted.h>
#include <ATen/ops/softmax.h>
#include <ATen/ops/sort.h>

#include "Handles.h"

using namespace taiji;

namespace {

/// The first place of each row at which the running sum of weights [B, V] passes unit · sum; one with a weight in any case.
at::Tensor walk(const at::Tensor &weights, const at::Tensor &units) {
    const auto sums = weights.cumsum(1);
    const auto targets = units.unsqueeze(1) * sums.slice(1, -1);
    const auto places = at::searchsorted(sums, targets, false, true);
    // Where rounding leaves no sum above the target: the last place that has a weight, which is where the sum is reached.
    const auto last = at::searchsorted(sums, sums.slice(1, -1).contiguous());
    return places.minimum(last).squeeze(1);
}

}  // namespace

int ct_draw_tokens(ct_tensor scores, ct_tensor units, double temperature, int64_t top_k, double top_p, double min_p,
                   ct_tensor *out) {
    return produce(out, [&] {
        const auto &all = see(scores);
        if (temperature == 0) return all.argmax(1);
        const auto chances = (all * (1 / temperature)).softmax(1);
        // Apple's GPUs have no float64.
        const auto wide = all.is_mps() ? at::kFloat : at::kDouble;
        const auto random = see(units).to(wide).to(all.device());
        if (top_k <= 0 && top_p >= 1 && min_p <= 0) return walk(chances.to(wide), random);
        // Likeliest first, equals by token, as on the processor.
        const auto [sorted, tokens] = at::sort(chances, true, 1, true);
        auto weights = sorted.to(wide);
        const auto whole = weights.sum(1, true);
        if (min_p > 0) weights = weights.masked_fill(sorted < sorted.slice(1, 0, 1) * float(min_p), 0);
        if (top_k > 0 && top_k < weights.size(1)) weights.slice(1, top_k).zero_();
        if (top_p < 1) {
            const auto mass = top_k > 0 ? weights.sum(1, true) : whole;
            // A token stays while those before it have not reached the share.
            weights = weights.masked_fill(weights.cumsum(1) - weights >= mass * top_p, 0);
        }
        return tokens.gather(1, walk(weights, random).unsqueeze(1)).squeeze(1);
    });
}
