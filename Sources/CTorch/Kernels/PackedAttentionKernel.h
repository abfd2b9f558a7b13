#include "BlockProduct.h"

// Causal attention over sequences that lie one after another, forward and backward, block by block, so that no matrix of
// scores is held. Included once an instruction set.
//
// A segment's queries see all keys of its prefix, and of its own keys those up to themselves.

constexpr int64_t QUERY_BLOCK = 96;
constexpr int64_t KEY_BLOCK = 64;
constexpr int64_t HEADS_TOGETHER = 4;

TAIJI_INLINE int64_t padded(int64_t width) { return (width + 15) / 16 * 16; }

/// `count` rows of a strided matrix, each filled with zeros to a multiple of 16 numbers.
static void copy_rows(const float *from, int64_t stride, int64_t count, int64_t width, float *to) {
    const int64_t full = padded(width);
    for (int64_t r = 0; r < count; r++) {
        std::memcpy(to + r * full, from + r * stride, size_t(width) * sizeof(float));
        for (int64_t i = width; i < full; i++) to[r * full + i] = 0;
    }
}

typedef float FourFloats __attribute__((vector_size(16)));
typedef float LooseFourFloats __attribute__((vector_size(16), aligned(4)));

/// Transposes four rows of four numbers.
TAIJI_INLINE void turn_four(const float *from, int64_t stride, float *to, int64_t to_stride) {
    FourFloats rows[4];
    for (int i = 0; i < 4; i++) rows[i] = *reinterpret_cast<const LooseFourFloats *>(from + i * stride);
    const FourFloats low[2] = {__builtin_shufflevector(rows[0], rows[1], 0, 4, 1, 5),
                               __builtin_shufflevector(rows[2], rows[3], 0, 4, 1, 5)};
    const FourFloats high[2] = {__builtin_shufflevector(rows[0], rows[1], 2, 6, 3, 7),
                                __builtin_shufflevector(rows[2], rows[3], 2, 6, 3, 7)};
    const FourFloats turned[4] = {__builtin_shufflevector(low[0], low[1], 0, 1, 4, 5),
                                  __builtin_shufflevector(low[0], low[1], 2, 3, 6, 7),
                                  __builtin_shufflevector(high[0], high[1], 0, 1, 4, 5),
                                  __builtin_shufflevector(high[0], high[1], 2, 3, 6, 7)};
    for (int i = 0; i < 4; i++) *reinterpret_cast<LooseFourFloats *>(to + i * to_stride) = turned[i];
}

/// The transpose of `count` rows, [width][KEY_BLOCK], columns beyond `count` zero.
static void copy_transposed(const float *from, int64_t stride, int64_t count, int64_t width, float *to) {
    const int64_t rows = count / 4 * 4, columns = width / 4 * 4;
    for (int64_t r = 0; r < rows; r += 4) {
        for (int64_t i = 0; i < columns; i += 4) turn_four(from + r * stride + i, stride, to + i * KEY_BLOCK + r, KEY_BLOCK);
    }
    for (int64_t i = 0; i < width; i++) {
        for (int64_t r = i < columns ? rows : 0; r < count; r++) to[i * KEY_BLOCK + r] = from[r * stride + i];
        for (int64_t r = count; r < KEY_BLOCK; r++) to[i * KEY_BLOCK + r] = 0;
    }
}

/// How many keys of a block of `count` a query sees, of which `seen` are not after it.
TAIJI_INLINE int64_t visible_keys(int64_t seen, int64_t count) { return seen < 0 ? 0 : seen < count ? seen : count; }

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

/// What a head's queries have seen of the keys so far.
struct Seen {
    float peaks[QUERY_BLOCK], sums[QUERY_BLOCK];
};

/// Lets rows `top`..<`rows` of a head see one block of keys: adds to `mixed` and to what they have seen. `first` is the number
/// of visible keys of row 0, which grows by `growth` a row, at most `count`.
TAIJI_INLINE void see_block(const float *queries, float *scores, float *mixed, Seen &seen, const float *keys,
                            const float *values, int64_t d, float scale, int64_t top, int64_t rows, int64_t first,
                            int64_t growth, int64_t count) {
    const int64_t full = padded(d);
    float *block = scores + top * KEY_BLOCK;
    block_product(queries + top * full, full, 1, keys, KEY_BLOCK, rows - top, d, KEY_BLOCK, false, block, KEY_BLOCK);
    for (int64_t r = top; r < rows; r++) {
        float *row = scores + r * KEY_BLOCK;
        const int64_t visible = visible_keys(first + growth * r, count);
        const float peak = std::max(seen.peaks[r], highest(row, visible) * scale);
        const float fading = seen.peaks[r] == peak ? 1.0f : std::exp(seen.peaks[r] - peak);
        seen.sums[r] = seen.sums[r] * fading + weigh(row, visible, scale, peak);
        seen.peaks[r] = peak;
        if (fading != 1) {
            for (int64_t i = 0; i < full; i += WIDTH) store(mixed + r * full + i, load(mixed + r * full + i) * fading);
        }
    }
    block_product(block, KEY_BLOCK, 1, values, full, rows - top, count, full, true, mixed + top * full, full);
}

/// Mixed values of queries `from`..<`to` of a segment, for `count` query heads, at most HEADS_TOGETHER, of one key head: each
/// block of keys is turned once for all of them.
static void attend_forward(const PackedHead *heads, int64_t count, const Segment &segment, int64_t from, int64_t to) {
    const int64_t d = heads[0].width, full = padded(d), rows = to - from, stride = heads[0].key_stride;
    thread_local std::vector<float> space;
    space.resize(size_t(count * QUERY_BLOCK * full * 2 + QUERY_BLOCK * KEY_BLOCK + 2 * KEY_BLOCK * full));
    float *keys = space.data(), *values = keys + KEY_BLOCK * full, *scores = values + KEY_BLOCK * full;
    float *queries = scores + QUERY_BLOCK * KEY_BLOCK, *mixed = queries + count * QUERY_BLOCK * full;
    Seen seen[HEADS_TOGETHER];
    for (int64_t h = 0; h < count; h++) {
        const auto &head = heads[h];
        copy_rows(head.queries + from * head.query_stride, head.query_stride, rows, d, queries + h * QUERY_BLOCK * full);
        for (int64_t r = 0; r < rows; r++) seen[h].peaks[r] = -INFINITY, seen[h].sums[r] = 0;
    }
    std::memset(mixed, 0, size_t(count * QUERY_BLOCK * full) * sizeof(float));

    for (const bool is_own : {false, true}) {
        const int64_t first = is_own ? segment.start : segment.prefix_start;
        const int64_t last = is_own ? to : segment.prefix_end;
        for (int64_t key = first; key < last; key += KEY_BLOCK) {
            const int64_t keys_here = std::min(KEY_BLOCK, last - key);
            // Rows before `top` see nothing of this block.
            const int64_t top = is_own && key > from ? key - from : 0;
            copy_transposed(heads[0].keys + key * stride, stride, keys_here, d, keys);
            copy_rows(heads[0].values + key * stride, stride, keys_here, d, values);
            for (int64_t h = 0; h < count; h++) {
                see_block(queries + h * QUERY_BLOCK * full, scores, mixed + h * QUERY_BLOCK * full, seen[h], keys, values, d,
                          heads[h].scale, top, rows, is_own ? from - key + 1 : keys_here, is_own, keys_here);
            }
        }
    }
    for (int64_t h = 0; h < count; h++) {
        const auto &head = heads[h];
        const float *own = mixed + h * QUERY_BLOCK * full;
        for (int64_t r = 0; r < rows; r++) {
            float *out = head.mixed + (from + r) * head.query_stride;
            for (int64_t i = 0; i < d; i++) out[i] = own[r * full + i] / seen[h].sums[r];
            head.normalizers[from + r] = seen[h].peaks[r] + std::log(seen[h].sums[r]);
        }
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
                    weigh(row, visible_keys(is_own ? from + r - key + 1 : count, count), head.scale, head.normalizers[from + r]);
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
