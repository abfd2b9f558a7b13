#include "BlockProduct.h"

// DIN's activation unit for one row. Included once an instruction set.
//
// `work` holds, one after another: M = A + diag(q) P [D, full H], x [L, full H], and for gradients Mᵀ [full H, full D],
// ds [L, full D] and dM [D, full H].

/// How many places up to the last behaviour.
TAIJI_INLINE int64_t behaviors(const ActivationRow &row) {
    int64_t count = row.length;
    while (count > 0 && row.mask[count - 1] == 0) count--;
    return count;
}

/// M and x = r + s M.
static void hidden_numbers(const ActivationRow &row, int64_t count, float *matrix, float *x) {
    const int64_t full = row.full_hidden;
    for (int64_t d = 0; d < row.width; d++) {
        const Lanes q = splat(row.query[d]);
        for (int64_t h = 0; h < full; h += WIDTH) {
            store(matrix + d * full + h, q * load(row.product + d * full + h) + load(row.behavior + d * full + h));
        }
    }
    for (int64_t l = 0; l < count; l++) {
        std::memcpy(x + l * full, row.offset, size_t(row.hidden) * sizeof(float));
        for (int64_t h = row.hidden; h < full; h++) x[l * full + h] = 0;
    }
    block_product(row.sequence, row.width, 1, matrix, full, count, row.width, full, true, x, full);
}

TAIJI_INLINE Lanes prelu(Lanes x, Lanes slope) { return larger(x, Lanes{}) + slope * smaller(x, Lanes{}); }

TAIJI_INLINE float weight_of(const ActivationRow &row, const float *x) {
    Lanes total = {};
    for (int64_t h = 0; h < row.full_hidden; h += WIDTH) {
        total = total + load(row.output + h) * prelu(load(x + h), load(row.slope + h));
    }
    return sum(total) + row.bias;
}

static void activate_forward(const ActivationRow &row, float *pooled, float *work) {
    const int64_t count = behaviors(row);
    float *matrix = work, *x = matrix + row.width * row.full_hidden;
    for (int64_t d = 0; d < row.width; d++) pooled[d] = 0;
    if (count == 0) return;
    hidden_numbers(row, count, matrix, x);
    for (int64_t l = 0; l < count; l++) {
        const float weight = row.mask[l] * weight_of(row, x + l * row.full_hidden);
        const float *behavior = row.sequence + l * row.width;
        for (int64_t d = 0; d < row.width; d++) pooled[d] += weight * behavior[d];
    }
}

static void activate_backward(const ActivationRow &row, const ActivationGradients &into, float *work) {
    const int64_t count = behaviors(row), full = row.full_hidden, wide = row.full_width;
    float *matrix = work, *x = matrix + row.width * full;
    float *transposed = x + row.length * full, *behavior_slopes = transposed + full * wide;
    float *matrix_slopes = behavior_slopes + row.length * wide;
    for (int64_t d = 0; d < row.width; d++) into.query[d] = 0;
    for (int64_t h = 0; h < row.hidden; h++) into.offset[h] = 0;
    std::memset(into.sequence, 0, size_t(row.length * row.width) * sizeof(float));
    if (count == 0) return;
    hidden_numbers(row, count, matrix, x);
    for (int64_t h = 0; h < full; h++) {
        for (int64_t d = 0; d < row.width; d++) transposed[h * wide + d] = matrix[d * full + h];
        for (int64_t d = row.width; d < wide; d++) transposed[h * wide + d] = 0;
    }
    for (int64_t l = 0; l < count; l++) {
        float *hidden = x + l * full;
        const float *behavior = row.sequence + l * row.width;
        const float weight = row.mask[l] * weight_of(row, hidden);
        float slope_of_weight = 0;
        for (int64_t d = 0; d < row.width; d++) slope_of_weight += into.upstream[d] * behavior[d];
        slope_of_weight *= row.mask[l];
        *into.bias += slope_of_weight;
        const Lanes upstream = splat(slope_of_weight);
        for (int64_t h = 0; h < full; h += WIDTH) {  // x becomes its own gradient
            const Lanes value = load(hidden + h), slope = load(row.slope + h), output = load(row.output + h);
            const Lanes low = smaller(value, Lanes{});
            store(into.output + h, load(into.output + h) + upstream * prelu(value, slope));
            store(into.slope + h, load(into.slope + h) + upstream * output * low);
            const IntLanes is_positive = value > Lanes{};
            const Lanes factor = is_positive ? splat(1.0f) : slope;
            store(hidden + h, upstream * output * factor);
        }
        for (int64_t h = 0; h < row.hidden; h++) into.offset[h] += hidden[h];
        for (int64_t d = 0; d < row.width; d++) behavior_slopes[l * wide + d] = weight * into.upstream[d];
        for (int64_t d = row.width; d < wide; d++) behavior_slopes[l * wide + d] = 0;
    }
    block_product(x, full, 1, transposed, wide, count, full, wide, true, behavior_slopes, wide);
    for (int64_t l = 0; l < count; l++) {
        std::memcpy(into.sequence + l * row.width, behavior_slopes + l * wide, size_t(row.width) * sizeof(float));
    }
    block_product(row.sequence, 1, row.width, x, full, row.width, count, full, false, matrix_slopes, full);
    for (int64_t d = 0; d < row.width; d++) {
        const Lanes q = splat(row.query[d]);
        Lanes total = {};
        for (int64_t h = 0; h < full; h += WIDTH) {
            const Lanes slopes = load(matrix_slopes + d * full + h);
            total = total + slopes * load(row.product + d * full + h);
            store(into.behavior + d * full + h, load(into.behavior + d * full + h) + slopes);
            store(into.product + d * full + h, load(into.product + d * full + h) + q * slopes);
        }
        into.query[d] = sum(total);
    }
}
