#include "BlockProduct.h"

// Causal attention over sequences that lie one after another, forward and backward, block by block, so that no matrix of
// scores is held. Included once an instruction set.
//
// A segment's queries see all keys of its prefix, and of its own keys those up to themselves.

constexpr int64_t QUERY_BLOCK = 96;
constexpr int64_t KEY_BLOCK = 64;

TAIJI_INLINE int64_t padded(int64_t width) { return (width + 15) / 16 * 16; }

/// `count` rows of a strided matrix, each filled with zeros to a multiple of 16 numbers.
static void copy_rows(const float *from, int64_t stride, int64_t count, int64_t width, float *to) {
    const int64_t full = padded(width);
    for (int64_t r = 0; r < count; r++) {
        std::memcpy(to + r * full, from + r * stride, size_t(width) * sizeof(float));
        for (int64_t i = width; i < full; i++) to[r * full + i] = 0;
    }
}

/// The transpose of `count` rows, [width][KEY_BLOCK], columns beyond `count` zero.
static void copy_transposed(const float *from, int64_t stride, int64_t count, int64_t width, float *to) {
    for (int64_t i = 0; i < width; i++) {
        for (int64_t r = 0; r < count; r++) to[i * KEY_BLOCK + r] = from[r * stride + i];
        for (int64_t r = count; r < KEY_BLOCK; r++) to[i * KEY_BLOCK + r] = 0;
    }
}

/// Which keys of a block the query of a row sees: the first `visible`, at least 0 and at most `count`.
TAIJI_INLINE int64_t visible_keys(bool is_own, int64_t query, int64_t key, int64_t count) {
    if (!is_own) return count;
    const int64_t seen = query - key + 1;
    return seen < 0 ? 0 : seen < count ? seen : count;
}

/// Scores of one row in place to exp(scale · score − shift), zero from `visible` on. Returns their sum.
TAIJI_INLINE float weigh(float *scores, int64_t visible, float scale, float shift) {
    Lanes total = {};
    for (int64_t j = 0; j < KEY_BLOCK; j += WIDTH) {
        if (j >= visible) {
            store(scores + j, Lanes{});
            continue;
        }
        Lanes weights = exponential(load(scores + j) * scale - shift);
        if (j + WIDTH > visible) {
            for (int64_t i = visible - j; i < WIDTH; i++) weights[i] = 0;
        }
        store(scores + j, weights);
        total = total + weights;
    }
    return sum(total);
}

TAIJI_INLINE float highest(const float *scores, int64_t visible) {
    float best = -INFINITY;
    int64_t j = 0;
    if (visible >= WIDTH) {
        Lanes lanes = load(scores);
        for (j = WIDTH; j + WIDTH <= visible; j += WIDTH) lanes = larger(lanes, load(scores + j));
        best = largest(lanes);
    }
    for (; j < visible; j++) best = scores[j] > best ? scores[j] : best;
    return best;
}

/// Mixed values of queries `from`..<`to` of a segment, for one head.
static void attend_forward(const PackedHead &head, const Segment &segment, int64_t from, int64_t to) {
    const int64_t d = head.width, full = padded(d), rows = to - from;
    std::vector<float> space(size_t(QUERY_BLOCK * full * 2 + QUERY_BLOCK * KEY_BLOCK + 2 * KEY_BLOCK * full));
    float *queries = space.data(), *mixed = queries + QUERY_BLOCK * full, *scores = mixed + QUERY_BLOCK * full;
    float *keys = scores + QUERY_BLOCK * KEY_BLOCK, *values = keys + KEY_BLOCK * full;
    float peaks[QUERY_BLOCK], sums[QUERY_BLOCK];
    copy_rows(head.queries + from * head.query_stride, head.query_stride, rows, d, queries);
    for (int64_t r = 0; r < rows; r++) peaks[r] = -INFINITY, sums[r] = 0;
    std::memset(mixed, 0, size_t(rows * full) * sizeof(float));

    for (const bool is_own : {false, true}) {
        const int64_t first = is_own ? segment.start : segment.prefix_start;
        const int64_t last = is_own ? to : segment.prefix_end;
        for (int64_t key = first; key < last; key += KEY_BLOCK) {
            const int64_t count = std::min(KEY_BLOCK, last - key);
            // Rows before `top` see nothing of this block.
            const int64_t top = is_own && key > from ? key - from : 0;
            copy_transposed(head.keys + key * head.key_stride, head.key_stride, count, d, keys);
            copy_rows(head.values + key * head.key_stride, head.key_stride, count, d, values);
            float *block = scores + top * KEY_BLOCK;
            block_product(queries + top * full, full, 1, keys, KEY_BLOCK, rows - top, d, KEY_BLOCK, false, block, KEY_BLOCK);
            for (int64_t r = top; r < rows; r++) {
                float *row = scores + r * KEY_BLOCK;
                const int64_t visible = visible_keys(is_own, from + r, key, count);
                const float peak = std::max(peaks[r], highest(row, visible) * head.scale);
                const float fading = std::exp(peaks[r] - peak);
                sums[r] = sums[r] * fading + weigh(row, visible, head.scale, peak);
                peaks[r] = peak;
                if (fading != 1) {
                    for (int64_t i = 0; i < full; i += WIDTH) store(mixed + r * full + i, load(mixed + r * full + i) * fading);
                }
            }
            block_product(block, KEY_BLOCK, 1, values, full, rows - top, count, full, true, mixed + top * full, full);
        }
    }
    for (int64_t r = 0; r < rows; r++) {
        float *out = head.mixed + (from + r) * head.query_stride;
        for (int64_t i = 0; i < d; i++) out[i] = mixed[r * full + i] / sums[r];
        head.normalizers[from + r] = peaks[r] + std::log(sums[r]);
    }
}

/// Gradients of one head over one segment. Key and value gradients are added to, rows of `padded(d)` numbers counted from
/// `origin`; query gradients are written.
static void attend_backward(const PackedHead &head, const Segment &segment, const PackedGradients &into) {
    const int64_t d = head.width, full = padded(d);
    std::vector<float> space(size_t(3 * QUERY_BLOCK * full + 2 * QUERY_BLOCK * KEY_BLOCK + 3 * KEY_BLOCK * full));
    float *queries = space.data(), *upstream = queries + QUERY_BLOCK * full, *query_gradient = upstream + QUERY_BLOCK * full;
    float *weights = query_gradient + QUERY_BLOCK * full, *slopes = weights + QUERY_BLOCK * KEY_BLOCK;
    float *keys = slopes + QUERY_BLOCK * KEY_BLOCK, *turned_keys = keys + KEY_BLOCK * full;
    float *turned_values = turned_keys + KEY_BLOCK * full;
    float deltas[QUERY_BLOCK];
    for (int64_t from = segment.start; from < segment.end; from += QUERY_BLOCK) {
        const int64_t to = std::min(segment.end, from + QUERY_BLOCK), rows = to - from;
        copy_rows(head.queries + from * head.query_stride, head.query_stride, rows, d, queries);
        copy_rows(into.upstream + from * head.query_stride, head.query_stride, rows, d, upstream);
        for (int64_t r = 0; r < rows; r++) {  // Σ dO · O
            const float *mixed = head.mixed + (from + r) * head.query_stride;
            float delta = 0;
            for (int64_t i = 0; i < d; i++) delta += upstream[r * full + i] * mixed[i];
            deltas[r] = delta;
        }
        std::memset(query_gradient, 0, size_t(rows * full) * sizeof(float));
        for (const bool is_own : {false, true}) {
            const int64_t first = is_own ? segment.start : segment.prefix_start;
            const int64_t last = is_own ? to : segment.prefix_end;
            for (int64_t key = first; key < last; key += KEY_BLOCK) {
                const int64_t count = std::min(KEY_BLOCK, last - key), top = is_own && key > from ? key - from : 0;
                const int64_t low = rows - top;
                copy_transposed(head.keys + key * head.key_stride, head.key_stride, count, d, turned_keys);
                copy_transposed(head.values + key * head.key_stride, head.key_stride, count, d, turned_values);
                copy_rows(head.keys + key * head.key_stride, head.key_stride, count, d, keys);
                float *p = weights + top * KEY_BLOCK, *ds = slopes + top * KEY_BLOCK;
                block_product(queries + top * full, full, 1, turned_keys, KEY_BLOCK, low, d, KEY_BLOCK, false, p, KEY_BLOCK);
                block_product(upstream + top * full, full, 1, turned_values, KEY_BLOCK, low, d, KEY_BLOCK, false, ds,
                              KEY_BLOCK);
                for (int64_t r = top; r < rows; r++) {
                    float *row = weights + r * KEY_BLOCK, *slope = slopes + r * KEY_BLOCK;
                    weigh(row, visible_keys(is_own, from + r, key, count), head.scale, head.normalizers[from + r]);
                    for (int64_t j = 0; j < KEY_BLOCK; j += WIDTH) {  // dS = P (dP − δ) scale
                        store(slope + j, load(row + j) * (load(slope + j) - deltas[r]) * head.scale);
                    }
                }
                float *key_gradient = into.keys + (key - into.origin) * full;
                float *value_gradient = into.values + (key - into.origin) * full;
                block_product(p, 1, KEY_BLOCK, upstream + top * full, full, count, low, full, true, value_gradient, full);
                block_product(ds, 1, KEY_BLOCK, queries + top * full, full, count, low, full, true, key_gradient, full);
                block_product(ds, KEY_BLOCK, 1, keys, full, low, count, full, true, query_gradient + top * full, full);
            }
        }
        for (int64_t r = 0; r < rows; r++) {
            std::memcpy(into.queries + (from + r) * head.query_stride, query_gradient + r * full, size_t(d) * sizeof(float));
        }
    }
}
