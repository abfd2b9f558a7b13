// x Wᵀ with weights and activations of 8 bits and sums of 32. Included once an instruction set, after its `Sums`: LANES
// sums, one an output, to which four products each are added at a time.
//
// All sums are of whole numbers and exact, so the results have the same bits on every processor and for any number of rows.

/// A row of x as whole numbers −127…127: x ≈ scale · out. Fills up to `padded` with zeros. Gives the sum of the numbers. A
/// row with NaN or infinity has a scale of NaN, so that its products are NaN as well.
inline int32_t eight_bit_row(const float *x, int64_t width, int64_t padded, int8_t *out, float *scale) {
    Lanes largest_lanes = {}, faults = {};
    const int64_t whole = width / WIDTH * WIDTH;
    for (int64_t k = 0; k < whole; k += WIDTH) {
        const Lanes row = load(x + k);
        largest_lanes = larger(largest_lanes, __builtin_elementwise_abs(row));
        faults += row * 0.0f;
    }
    float most = largest(largest_lanes), fault = sum(faults);
    for (int64_t k = whole; k < width; k++) {
        most = std::max(most, std::fabs(x[k]));
        fault += x[k] * 0.0f;
    }
    if (std::isnan(fault)) {
        std::memset(out, 0, size_t(padded));
        *scale = fault;
        return 0;
    }
    // Subnormal rows would have an infinite factor; they count as zeros.
    const float factor = most > 1e-30f ? 127.0f / most : 0.0f;
    *scale = most / 127.0f;
    int32_t total = 0;
    for (int64_t k = 0; k < whole; k += WIDTH) {
        const auto numbers = __builtin_convertvector(__builtin_elementwise_roundeven(load(x + k) * factor), IntLanes);
        const auto bytes = __builtin_convertvector(numbers, ByteLanes);
        std::memcpy(out + k, &bytes, WIDTH);
        total += __builtin_reduce_add(numbers);
    }
    for (int64_t k = whole; k < width; k++) {
        out[k] = int8_t(std::nearbyint(x[k] * factor));
        total += out[k];
    }
    for (int64_t k = width; k < padded; k++) out[k] = 0;
    return total;
}

/// One row of LANES results from their sums: the scales of outputs and row, and the bias where there is one. `count` may be
/// less at the end of a matrix. The product is a statement of its own, so that no compiler rounds it together with the sum.
TAIJI_INLINE void eight_bit_results(const Sums &sums, int32_t row_sum, float row_scale, const float *scales,
                                    const float *bias, int64_t count, float *to) {
    int32_t totals[LANES];
    store_sums(totals, sums, row_sum);
    if (count >= LANES) {
#pragma clang loop unroll(full)
        for (int o = 0; o < LANES; o += WIDTH) {
            IntLanes whole;
            std::memcpy(&whole, totals + o, sizeof whole);
            const Lanes value = __builtin_convertvector(whole, Lanes) * (load(scales + o) * row_scale);
            store(to + o, value + (bias ? load(bias + o) : Lanes{}));
        }
        return;
    }
    for (int64_t o = 0; o < count; o++) {
        const float value = float(totals[o]) * (scales[o] * row_scale);
        to[o] = value + (bias ? bias[o] : 0.0f);
    }
}

/// ROWS rows of x times PARTS parts of LANES outputs each, from the part `part` on.
///
/// The next PARTS parts of the weights are fetched meanwhile: of every `turns` vectors, the one whose turn it is.
template <int ROWS, int PARTS>
TAIJI_INLINE void eight_bit_tile(const EightBitRows &x, int64_t row, const uint8_t *weights, int64_t part,
                                 const float *bias, float *y, int64_t outputs, int64_t turn, int64_t turns) {
    const int64_t size = eight_bit_block_size(x.width);
    const uint8_t *from[PARTS];
    for (int p = 0; p < PARTS; p++) {
        from[p] = weights + (part + p) * LANES / 16 * size + (part + p) * LANES % 16 * 4;
    }
    const int64_t ahead = PARTS * LANES / 16 * size;
    Sums sums[ROWS][PARTS] = {};
    const int8_t *numbers = x.numbers + row * x.width;
    for (int64_t k = 0; k < x.width; k += 4) {
        if (turn-- == 0) {
            turn = turns - 1;
#pragma clang loop unroll(full)
            for (int p = 0; p < PARTS; p++) __builtin_prefetch(from[p] + ahead + k * 16, 0, 2);
        }
        Weights four_weights[PARTS];
#pragma clang loop unroll(full)
        for (int p = 0; p < PARTS; p++) four_weights[p] = load_weights(from[p] + k * 16);
#pragma clang loop unroll(full)
        for (int r = 0; r < ROWS; r++) {
            const auto four = load_four(numbers + r * x.width + k);
#pragma clang loop unroll(full)
            for (int p = 0; p < PARTS; p++) add_products(sums[r][p], four_weights[p], four);
        }
    }
#pragma clang loop unroll(full)
    for (int p = 0; p < PARTS; p++) {
        const int64_t first = (part + p) * LANES, count = std::min<int64_t>(LANES, outputs - first);
        float scales[LANES];
        std::memcpy(scales, weights + first / 16 * size + x.width * 16 + first % 16 * 4, sizeof scales);
#pragma clang loop unroll(full)
        for (int r = 0; r < ROWS; r++) {
            eight_bit_results(sums[r][p], x.sums[row + r], x.scales[row + r], scales, bias ? bias + first : nullptr, count,
                              y + (row + r) * outputs + first);
        }
    }
}

template <int PARTS>
TAIJI_INLINE void eight_bit_rows(const EightBitRows &x, const uint8_t *weights, int64_t part, const float *bias, float *y,
                                 int64_t outputs) {
    const int64_t turns = x.count / TILE_ROWS + (x.count % TILE_ROWS + 1) / 2;
    int64_t r = 0, turn = 0;
    for (; r + TILE_ROWS <= x.count; r += TILE_ROWS, turn++) {
        eight_bit_tile<TILE_ROWS, PARTS>(x, r, weights, part, bias, y, outputs, turn, turns);
    }
    for (; r + 2 <= x.count; r += 2, turn++) {
        eight_bit_tile<2, PARTS>(x, r, weights, part, bias, y, outputs, turn, turns);
    }
    if (r < x.count) eight_bit_tile<1, PARTS>(x, r, weights, part, bias, y, outputs, turn, turns);
}

/// Blocks `from`..<`to` of y = x Wᵀ + bias, `[rows, outputs]`.
inline void eight_bit_linear(const EightBitRows &x, const uint8_t *weights, const float *bias, float *y, int64_t outputs,
                             int64_t from, int64_t to) {
    const int64_t end = std::min(to * 16, outputs);
    int64_t part = from * 16 / LANES;
    for (; (part + TILE_PARTS) * LANES <= to * 16; part += TILE_PARTS) {
        eight_bit_rows<TILE_PARTS>(x, weights, part, bias, y, outputs);
    }
    for (; part * LANES < end; part++) eight_bit_rows<1>(x, weights, part, bias, y, outputs);
}
