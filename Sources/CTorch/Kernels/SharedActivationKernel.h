#include "BlockProduct.h"

// DIN's activation unit for one user's candidates. Included once an instruction set.

/// T = S diag(q) P: what one value of a candidate's field adds to the hidden numbers of every distinct value of a
/// behaviour's field. S is [count, E], P [E, full H]; `work` holds diag(q) P.
static void pair_table(const float *query, const float *values, const float *product, int64_t count, int64_t width,
                       int64_t full, float *work, float *table) {
    for (int64_t e = 0; e < width; e++) {
        const Lanes q = splat(query[e]);
        for (int64_t h = 0; h < full; h += WIDTH) store(work + e * full + h, q * load(product + e * full + h));
    }
    block_product(values, width, 1, work, full, count, width, full, false, table, full);
}

TAIJI_INLINE Lanes shared_prelu(Lanes x, Lanes slope) {
    return larger(x, Lanes{}) + slope * smaller(x, Lanes{});
}

/// Weights of all behaviours for one candidate.
static void candidate_weights(const SharedCandidate &row, float *weights) {
    for (int64_t l = 0; l < row.length; l++) {
        Lanes total = {};
        for (int64_t h = 0; h < row.full_hidden; h += WIDTH) {
            Lanes x = load(row.offset + h) + load(row.base + l * row.full_hidden + h);
            for (int64_t f = 0; f < row.fields; f++) {
                x = x + load(row.tables[f] + row.places[f * row.length + l] * row.full_hidden + h);
            }
            total = total + load(row.output + h) * shared_prelu(x, load(row.slope + h));
        }
        weights[l] = sum(total) + row.bias;
    }
}
