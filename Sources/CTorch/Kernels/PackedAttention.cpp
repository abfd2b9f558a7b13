#include "PackedAttention.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/zeros.h>

#include <algorithm>

#include "Parallel.h"

#define TAIJI_KERNEL "PackedAttentionKernel.h"
#include "ForEachInstructionSet.h"

namespace taiji {

namespace {

void check_shapes(const at::Tensor &queries, const at::Tensor &keys, const at::Tensor &values) {
    for (const auto &tensor : {queries, keys, values}) {
        TORCH_CHECK(tensor.dim() == 3 && tensor.is_contiguous() && tensor.scalar_type() == at::kFloat,
                    "packed attention needs contiguous float32 [T, H, d]");
    }
    TORCH_CHECK(keys.sizes() == values.sizes() && keys.size(0) == queries.size(0) && keys.size(2) == queries.size(2) &&
                    queries.size(1) % keys.size(1) == 0,
                "packed attention cannot mix ", queries.sizes(), " with ", keys.sizes(), " and ", values.sizes());
}

PackedHead head_of(int64_t head, const at::Tensor &queries, const at::Tensor &keys, const at::Tensor &values,
                   const at::Tensor &mixed, const at::Tensor &normalizers) {
    const int64_t width = queries.size(2), repeats = queries.size(1) / keys.size(1), shared = head / repeats;
    return {.queries = queries.const_data_ptr<float>() + head * width,
            .keys = keys.const_data_ptr<float>() + shared * width,
            .values = values.const_data_ptr<float>() + shared * width,
            .mixed = const_cast<float *>(mixed.const_data_ptr<float>()) + head * width,
            .normalizers = const_cast<float *>(normalizers.const_data_ptr<float>()) + head * queries.size(0),
            .query_stride = queries.size(1) * width,
            .key_stride = keys.size(1) * width,
            .width = width,
            .scale = float(1 / std::sqrt(double(width)))};
}

}  // namespace

std::vector<Segment> segments_of(const at::Tensor &segments, int64_t tokens) {
    TORCH_CHECK(segments.dim() == 2 && segments.size(1) == 4 && segments.scalar_type() == at::kLong &&
                    segments.is_contiguous() && segments.is_cpu(),
                "segments must be int64 [S, 4] in the processor's memory, found ", segments.sizes());
    const auto *numbers = segments.const_data_ptr<int64_t>();
    std::vector<Segment> result;
    int64_t covered = 0;
    for (int64_t s = 0; s < segments.size(0); s++, numbers += 4) {
        const Segment segment{numbers[0], numbers[1], numbers[2], numbers[3]};
        TORCH_CHECK(segment.start == covered && segment.end > segment.start && segment.prefix_start >= 0 &&
                        segment.prefix_start <= segment.prefix_end && segment.prefix_end <= segment.start,
                    "segment ", s, " is out of place");
        covered = segment.end;
        result.push_back(segment);
    }
    TORCH_CHECK(covered == tokens, "segments cover ", covered, " of ", tokens, " tokens");
    return result;
}

std::tuple<at::Tensor, at::Tensor> packed_attention(const at::Tensor &queries, const at::Tensor &keys,
                                                    const at::Tensor &values, const at::Tensor &segments) {
    check_shapes(queries, keys, values);
    const auto all = segments_of(segments, queries.size(0));
    auto mixed = at::empty_like(queries);
    auto normalizers = at::empty({queries.size(1), queries.size(0)}, queries.options());
    struct Task {
        const Segment *segment;
        int64_t from;
    };
    std::vector<Task> blocks;
    for (const auto &segment : all) {
        for (int64_t from = segment.start; from < segment.end; from += portable::QUERY_BLOCK) blocks.push_back({&segment, from});
    }
    // Late blocks see the most keys: first, so that the threads end together.
    std::sort(blocks.begin(), blocks.end(), [](const Task &a, const Task &b) {
        return a.from - a.segment->start + a.segment->prefix_end - a.segment->prefix_start >
               b.from - b.segment->start + b.segment->prefix_end - b.segment->prefix_start;
    });
    // Query heads of one key head together, unless threads would then have nothing to do.
    const int64_t heads = queries.size(1), repeats = heads / keys.size(1);
    const bool are_many = int64_t(blocks.size()) * keys.size(1) >= 4 * task_threads();
    const int64_t together = are_many ? std::min(repeats, portable::HEADS_TOGETHER) : 1;
    const int64_t parts = (repeats + together - 1) / together, tasks = keys.size(1) * parts;
    const auto kernel = TAIJI_BEST(attend_forward);
    parallel_tasks(int64_t(blocks.size()) * tasks, [&](int64_t task) {
        const auto &[segment, from] = blocks[size_t(task / tasks)];
        const int64_t first = task % tasks / parts * repeats, skipped = task % parts * together;
        const int64_t count = std::min(together, repeats - skipped);
        PackedHead some[portable::HEADS_TOGETHER];
        for (int64_t h = 0; h < count; h++) some[h] = head_of(first + skipped + h, queries, keys, values, mixed, normalizers);
        kernel(some, count, *segment, from, std::min(segment->end, from + portable::QUERY_BLOCK));
    });
    return {mixed, normalizers};
}

std::tuple<at::Tensor, at::Tensor, at::Tensor> packed_attention_backward(
    const at::Tensor &upstream, const at::Tensor &queries, const at::Tensor &keys, const at::Tensor &values,
    const at::Tensor &mixed, const at::Tensor &normalizers, const at::Tensor &segments) {
    const auto all = segments_of(segments, queries.size(0));
    const int64_t tokens = queries.size(0), heads = queries.size(1), width = queries.size(2);
    const int64_t full = (width + 15) / 16 * 16, repeats = heads / keys.size(1);
    // A root is a segment without a prefix and the segments after it that look into it: what shares key gradients.
    std::vector<size_t> roots;
    for (size_t s = 0; s < all.size(); s++) {
        if (all[s].prefix_start == all[s].prefix_end) roots.push_back(s);
    }
    auto query_gradient = at::empty_like(queries);
    auto key_parts = at::zeros({heads, tokens, full}, keys.options());
    auto value_parts = at::zeros({heads, tokens, full}, keys.options());
    const auto kernel = TAIJI_BEST(attend_backward);
    parallel_tasks(int64_t(roots.size()) * heads, [&](int64_t task) {
        const int64_t head = task % heads;
        const size_t root = size_t(task / heads);
        const size_t end = root + 1 < roots.size() ? roots[root + 1] : all.size();
        const PackedGradients into{.upstream = upstream.const_data_ptr<float>() + head * width,
                                   .queries = query_gradient.data_ptr<float>() + head * width,
                                   .keys = key_parts.data_ptr<float>() + head * tokens * full,
                                   .values = value_parts.data_ptr<float>() + head * tokens * full,
                                   .origin = 0};
        for (size_t s = roots[root]; s < end; s++) {
            kernel(head_of(head, queries, keys, values, mixed, normalizers), all[s], into);
        }
    });
    const auto joined = [&](const at::Tensor &parts) {  // Σ over the query heads of a key head, [T, Hkv, d]
        return parts.view({keys.size(1), repeats, tokens, full}).sum(1).slice(2, 0, width).transpose(0, 1).contiguous();
    };
    return {query_gradient, joined(key_parts), joined(value_parts)};
}

}  // namespace taiji
