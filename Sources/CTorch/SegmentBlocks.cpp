#include "SegmentBlocks.h"

#include <ATen/ops/tensor.h>

#include <algorithm>
#include <numeric>

#include "Kernels/PackedAttention.h"

namespace taiji::composed {

namespace {

/// Segments of one block are at most this many times as long as its shortest, which bounds what padding costs.
constexpr double LONGEST_TO_SHORTEST = 1.5;

int64_t count(const Segment &segment) { return segment.end - segment.start; }

template <class Number> at::Tensor on(const at::Tensor &like, const std::vector<Number> &numbers) {
    return at::tensor(numbers).to(like.device(), true);
}

OwnBlock block(const std::vector<Segment> &bounds, const std::vector<size_t> &order, size_t first, size_t last,
               const at::Tensor &like) {
    OwnBlock result;
    result.segments = int64_t(last - first);
    result.length = count(bounds[order[last - 1]]);
    std::vector<int64_t> rows, kept, tokens;
    std::vector<float> is_kept;
    for (size_t i = first; i < last; i++) {
        const auto &bound = bounds[order[i]];
        for (int64_t place = 0; place < result.length; place++) {
            const bool is_own = place < count(bound);
            if (is_own) {
                kept.push_back(int64_t(rows.size()));
                tokens.push_back(bound.start + place);
            }
            rows.push_back(is_own ? bound.start + place : bound.end - 1);
            is_kept.push_back(is_own ? 1.f : 0.f);
        }
    }
    result.rows = on(like, rows);
    result.kept = on(like, kept);
    result.tokens = on(like, tokens);
    result.is_kept = on(like, is_kept);
    return result;
}

}  // namespace

SegmentBlocks::SegmentBlocks(const at::Tensor &segments, const at::Tensor &like) {
    const auto bounds = segments_of(segments, like.size(0));
    for (const auto &bound : bounds) {
        if (bound.prefix_end == bound.prefix_start) continue;
        const bool goes_on = !prefixes.empty() && prefixes.back().last == bound.start &&
                             prefixes.back().start == bound.prefix_start && prefixes.back().end == bound.prefix_end;
        if (goes_on) {
            prefixes.back().last = bound.end;
        } else {
            prefixes.push_back({bound.start, bound.end, bound.prefix_start, bound.prefix_end});
        }
    }
    std::vector<size_t> order(bounds.size());
    std::iota(order.begin(), order.end(), size_t(0));
    std::sort(order.begin(), order.end(), [&](size_t a, size_t b) {
        return count(bounds[a]) != count(bounds[b]) ? count(bounds[a]) < count(bounds[b]) : a < b;
    });
    for (size_t first = 0; first < order.size();) {
        const double longest = LONGEST_TO_SHORTEST * double(count(bounds[order[first]]));
        size_t last = first + 1;
        while (last < order.size() && double(count(bounds[order[last]])) <= longest) last++;
        own.push_back(block(bounds, order, first, last, like));
        first = last;
    }
}

}  // namespace taiji::composed
