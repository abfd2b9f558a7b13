#include "BlockProduct.h"

// Attention of one new token a sequence over keys and values kept in pages of 32 tokens. Included once an instruction set,
// after PagedMember.
//
// A page of one key head: keys transposed, [d][32], so that 32 scores are one product without sums over lanes; then
// values, [32][d padded to 16].


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

/// Scores of one page for `count` queries, and what its first `tokens` values add to their mixtures.
TAIJI_INLINE void add_page_scores(const float *queries, int64_t width, int64_t count, const float *page, float *scores,
                                  int64_t stride) {
    block_product(queries, width, 1, page, PAGE_TOKENS, count, width, PAGE_TOKENS, false, scores, stride);
}
TAIJI_INLINE void add_page_values(const float *scores, int64_t stride, int64_t count, int64_t tokens, const float *page,
                                  int64_t width, float *mixed) {
    const int64_t full = padded(width);
    block_product(scores, stride, 1, page + width * PAGE_TOKENS, full, count, tokens, full, true, mixed, full);
}

/// exp(scale · (score − highest)) of the first `length` scores in place, zero up to `end`. Returns their sum.
TAIJI_INLINE float weigh_pages(float *row, int64_t length, int64_t end, float scale) {
    for (int64_t i = length; i < end; i++) row[i] = -INFINITY;
    Lanes best = load(row);
    for (int64_t i = WIDTH; i < end; i += WIDTH) best = larger(best, load(row + i));
    const float shift = largest(best) * scale;
    Lanes total = {};
    for (int64_t i = 0; i < end; i += WIDTH) {
        const Lanes weights = exponential(load(row + i) * scale - shift);
        store(row + i, weights);
        total = total + weights;
    }
    return sum(total);
}

/// softmax(q Kᵀ · scale) V of one key head for sequences whose first `shared` pages are the same: these are read once for
/// all of them. `queries` `[members · repeats, width]`; `scores` has room for members · repeats × the most pages × 32
/// numbers. Writes `mixed`, `[members · repeats, padded(width)]`. A row's result does not depend on the others.
static void attend_pages(const float *queries, int64_t repeats, int64_t width, float scale, const PagedMember *members,
                         int64_t count, int64_t shared, float *scores, float *mixed) {
    const int64_t full = padded(width), rows = count * repeats;
    int64_t stride = 0;
    for (int64_t m = 0; m < count; m++) stride = std::max(stride, members[m].page_count() * PAGE_TOKENS);
    for (int64_t p = 0; p < shared; p++) {
        if (p + 1 < shared) fetch(members[0].pages[p + 1], width * PAGE_TOKENS);
        add_page_scores(queries, width, rows, members[0].pages[p], scores + p * PAGE_TOKENS, stride);
    }
    std::memset(mixed, 0, size_t(rows * full) * sizeof(float));
    float totals[MOST_ROWS];
    for (int64_t m = 0; m < count; m++) {
        const auto &member = members[m];
        const int64_t pages = member.page_count(), first = m * repeats;
        float *own = scores + first * stride;
        for (int64_t p = shared; p < pages; p++) {
            if (p + 1 < pages) fetch(member.pages[p + 1], width * PAGE_TOKENS);
            add_page_scores(queries + first * width, width, repeats, member.pages[p], own + p * PAGE_TOKENS, stride);
        }
        for (int64_t r = 0; r < repeats; r++) {
            totals[first + r] = weigh_pages(own + r * stride, member.length, pages * PAGE_TOKENS, scale);
        }
    }
    for (int64_t p = 0; p < shared; p++) {
        if (p + 1 < shared) fetch(members[0].pages[p + 1] + width * PAGE_TOKENS, full * PAGE_TOKENS);
        add_page_values(scores + p * PAGE_TOKENS, stride, rows, PAGE_TOKENS, members[0].pages[p], width, mixed);
    }
    for (int64_t m = 0; m < count; m++) {
        const auto &member = members[m];
        const int64_t pages = member.page_count(), first = m * repeats;
        for (int64_t p = shared; p < pages; p++) {
            const int64_t tokens = std::min(PAGE_TOKENS, member.length - p * PAGE_TOKENS);
            if (p + 1 < pages) fetch(member.pages[p + 1] + width * PAGE_TOKENS, full * PAGE_TOKENS);
            add_page_values(scores + first * stride + p * PAGE_TOKENS, stride, repeats, tokens, member.pages[p], width,
                            mixed + first * full);
        }
    }
    for (int64_t r = 0; r < rows; r++) {
        for (int64_t i = 0; i < full; i++) mixed[r * full + i] = mixed[r * full + i] / totals[r];
    }
}
