// x Wᵀ with weights and activations of 8 bits and sums of 32. Included once an instruction set, after its `Sums`: 16 sums,
// one an output, to which four products each are added at a time.
//
// All sums are of whole numbers and exact, so the results have the same bits on every processor and for any number of rows.

/// A row of x as whole numbers −127…127: x ≈ scale · out. Fills up to `padded` with zeros. Gives the sum of the numbers.
inline int32_t eight_bit_row(const float *x, int64_t width, int64_t padded, int8_t *out, float *scale) {
    Lanes largest_lanes = {};
    const int64_t whole = width / WIDTH * WIDTH;
    for (int64_t k = 0; k < whole; k += WIDTH) {
        largest_lanes = larger(largest_lanes, __builtin_elementwise_abs(load(x + k)));
    }
    float most = largest(largest_lanes);
    for (int64_t k = whole; k < width; k++) most = std::max(most, std::fabs(x[k]));
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

/// ROWS rows of x times BLOCKS blocks of 16 outputs.
template <int ROWS, int BLOCKS>
TAIJI_INLINE void eight_bit_tile(const EightBitRows &x, int64_t row, const uint8_t *block, const float *bias, float *y,
                                 int64_t stride, int64_t outputs) {
    const int64_t size = eight_bit_block_size(x.width);
    Sums sums[ROWS][BLOCKS] = {};
    const int8_t *from = x.numbers + row * x.width;
    for (int64_t k = 0; k < x.width; k += 4) {
        Weights weights[BLOCKS];
#pragma clang loop unroll(full)
        for (int b = 0; b < BLOCKS; b++) weights[b] = load_weights(block + b * size + k * 16);
#pragma clang loop unroll(full)
        for (int r = 0; r < ROWS; r++) {
            const auto four = load_four(from + r * x.width + k);
#pragma clang loop unroll(full)
            for (int b = 0; b < BLOCKS; b++) add_products(sums[r][b], weights[b], four);
        }
    }
    for (int b = 0; b < BLOCKS; b++) {
        float scales[16];
        std::memcpy(scales, block + b * size + x.width * 16, sizeof scales);
        const int64_t count = std::min<int64_t>(16, outputs - b * 16);
        for (int r = 0; r < ROWS; r++) {
            int32_t numbers[16];
            store_sums(numbers, sums[r][b], x.sums[row + r]);
            float *to = y + (row + r) * stride + b * 16;
            for (int64_t o = 0; o < count; o++) {
                const float value = float(numbers[o]) * (scales[o] * x.scales[row + r]);
                to[o] = value + (bias ? bias[b * 16 + o] : 0.0f);
            }
        }
    }
}

template <int BLOCKS>
TAIJI_INLINE void eight_bit_rows(const EightBitRows &x, const uint8_t *block, const float *bias, float *y,
                                 int64_t stride, int64_t outputs) {
    int64_t r = 0;
    for (; r + TILE_ROWS <= x.count; r += TILE_ROWS) {
        eight_bit_tile<TILE_ROWS, BLOCKS>(x, r, block, bias, y, stride, outputs);
    }
    for (; r + 2 <= x.count; r += 2) eight_bit_tile<2, BLOCKS>(x, r, block, bias, y, stride, outputs);
    if (r < x.count) eight_bit_tile<1, BLOCKS>(x, r, block, bias, y, stride, outputs);
}

/// Blocks `from`..<`to` of y = x Wᵀ + bias, `[rows, outputs]`.
inline void eight_bit_linear(const EightBitRows &x, const uint8_t *weights, const float *bias, float *y, int64_t outputs,
                             int64_t from, int64_t to) {
    const int64_t size = eight_bit_block_size(x.width);
    int64_t b = from;
    for (; b + TILE_BLOCKS <= to; b += TILE_BLOCKS) {
        eight_bit_rows<TILE_BLOCKS>(x, weights + b * size, bias ? bias + b * 16 : nullptr, y + b * 16, outputs,
                                    outputs - b * 16);
    }
    for (; b < to; b++) {
        eight_bit_rows<1>(x, weights + b * size, bias ? bias + b * 16 : nullptr, y + b * 16, outputs, outputs - b * 16);
    }
}
