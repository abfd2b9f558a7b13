#include "BlockProduct.h"

// Attention of one new token a sequence over keys and values kept in pages of 32 tokens. Included once an instruction set.
//
// A page of one key head: keys transposed, [d][32], so that 32 scores are one product without sums over lanes; then
// values, [32][d padded to 16].

constexpr int64_t PAGE_TOKENS = 32;

TAIJI_INLINE int64_t padded(int64_t width) { return (width + 15) / 16 * 16; }

/// Puts one token's key and value into its place of a page.
static void store_token(const float *key, const float *value, int64_t width, int64_t place, float *page) {
    for (int64_t i = 0; i < width; i++) page[i * PAGE_TOKENS + place] = key[i];
    float *row = page + width * PAGE_TOKENS + place * padded(width);
    std::memcpy(row, value, size_t(width) * sizeof(float));
    for (int64_t i = width; i < padded(width); i++) row[i] = 0;
}

/// Asks for numbers that are read soon, so that waiting for them overlaps with arithmetic.
TAIJI_INLINE void fetch(const float *at, int64_t count) {
    for (int64_t i = 0; i < count; i += 16) __builtin_prefetch(at + i, 0, 2);
}

/// The `repeats` query heads of one key head of one sequence: softmax(q Kᵀ · scale) V over `length` tokens.
/// `scores` has room for repeats × pages × 32 numbers, `rows` for repeats × padded(width).
static void attend_pages(const float *queries, int64_t repeats, int64_t width, float scale, const float *const *pages,
                         int64_t length, float *scores, float *rows, float *mixed) {
    const int64_t count = (length + PAGE_TOKENS - 1) / PAGE_TOKENS, stride = count * PAGE_TOKENS, full = padded(width);
    for (int64_t p = 0; p < count; p++) {
        if (p + 1 < count) fetch(pages[p + 1], width * PAGE_TOKENS);
        block_product(queries, width, 1, pages[p], PAGE_TOKENS, repeats, width, PAGE_TOKENS, false,
                      scores + p * PAGE_TOKENS, stride);
    }
    fetch(pages[0] + width * PAGE_TOKENS, full * PAGE_TOKENS);
    float totals[64];
    for (int64_t r = 0; r < repeats; r++) {
        float *row = scores + r * stride;
        for (int64_t i = length; i < stride; i++) row[i] = -INFINITY;
        Lanes best = load(row);
        for (int64_t i = WIDTH; i < stride; i += WIDTH) best = larger(best, load(row + i));
        const float shift = largest(best) * scale;
        Lanes total = {};
        for (int64_t i = 0; i < stride; i += WIDTH) {
            const Lanes weights = exponential(load(row + i) * scale - shift);
            store(row + i, weights);
            total = total + weights;
        }
        totals[r] = sum(total);
    }
    std::memset(rows, 0, size_t(repeats * full) * sizeof(float));
    for (int64_t p = 0; p < count; p++) {
        const int64_t tokens = std::min(PAGE_TOKENS, length - p * PAGE_TOKENS);
        if (p + 1 < count) fetch(pages[p + 1] + width * PAGE_TOKENS, full * PAGE_TOKENS);
        block_product(scores + p * PAGE_TOKENS, stride, 1, pages[p] + width * PAGE_TOKENS, full, repeats, tokens, full,
                      true, rows, full);
    }
    for (int64_t r = 0; r < repeats; r++) {
        for (int64_t i = 0; i < width; i++) mixed[r * width + i] = rows[r * full + i] / totals[r];
    }
}
