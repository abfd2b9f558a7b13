// C (+)= A B for blocks that fit the first-level cache: the inner product of the attention kernels. Included once an
// instruction set.

/// ROWS rows of A times VECTORS vectors of B's columns. A's element (r, k) lies at a[r * row_step + k * column_step], so
/// that A may be a transpose; B and C are row-major.
template <int ROWS, int VECTORS>
TAIJI_INLINE void block_tile(const float *a, int64_t row_step, int64_t column_step, const float *b, int64_t b_stride,
                             int64_t depth, bool accumulates, float *c, int64_t c_stride) {
    Lanes sums[ROWS][VECTORS] = {};
    if (accumulates) {
#pragma clang loop unroll(full)
        for (int r = 0; r < ROWS; r++) {
#pragma clang loop unroll(full)
            for (int v = 0; v < VECTORS; v++) sums[r][v] = load(c + r * c_stride + v * WIDTH);
        }
    }
    for (int64_t k = 0; k < depth; k++) {
        Lanes columns[VECTORS];
#pragma clang loop unroll(full)
        for (int v = 0; v < VECTORS; v++) columns[v] = load(b + k * b_stride + v * WIDTH);
#pragma clang loop unroll(full)
        for (int r = 0; r < ROWS; r++) {
            const Lanes element = splat(a[r * row_step + k * column_step]);
#pragma clang loop unroll(full)
            for (int v = 0; v < VECTORS; v++) sums[r][v] = element * columns[v] + sums[r][v];
        }
    }
#pragma clang loop unroll(full)
    for (int r = 0; r < ROWS; r++) {
#pragma clang loop unroll(full)
        for (int v = 0; v < VECTORS; v++) store(c + r * c_stride + v * WIDTH, sums[r][v]);
    }
}

template <int VECTORS>
TAIJI_INLINE void block_columns(const float *a, int64_t row_step, int64_t column_step, const float *b, int64_t b_stride,
                                int64_t rows, int64_t depth, bool accumulates, float *c, int64_t c_stride) {
    constexpr int ROWS = WIDTH == 16 ? 6 : 3;
    int64_t r = 0;
    for (; r + ROWS <= rows; r += ROWS) {
        block_tile<ROWS, VECTORS>(a + r * row_step, row_step, column_step, b, b_stride, depth, accumulates,
                                  c + r * c_stride, c_stride);
    }
    const float *rest = a + r * row_step;
    float *into = c + r * c_stride;
    switch (rows - r) {
    case 5: block_tile<5, VECTORS>(rest, row_step, column_step, b, b_stride, depth, accumulates, into, c_stride); break;
    case 4: block_tile<4, VECTORS>(rest, row_step, column_step, b, b_stride, depth, accumulates, into, c_stride); break;
    case 3: block_tile<3, VECTORS>(rest, row_step, column_step, b, b_stride, depth, accumulates, into, c_stride); break;
    case 2: block_tile<2, VECTORS>(rest, row_step, column_step, b, b_stride, depth, accumulates, into, c_stride); break;
    case 1: block_tile<1, VECTORS>(rest, row_step, column_step, b, b_stride, depth, accumulates, into, c_stride); break;
    default: break;
    }
}

/// C (+)= A B with A `rows` × `depth`, B `depth` × `columns`. `columns` is a multiple of 16.
static void block_product(const float *a, int64_t row_step, int64_t column_step, const float *b, int64_t b_stride,
                          int64_t rows, int64_t depth, int64_t columns, bool accumulates, float *c, int64_t c_stride) {
    int64_t n = 0;
    for (; n + 4 * WIDTH <= columns; n += 4 * WIDTH) {
        block_columns<4>(a, row_step, column_step, b + n, b_stride, rows, depth, accumulates, c + n, c_stride);
    }
    for (; n + 2 * WIDTH <= columns; n += 2 * WIDTH) {
        block_columns<2>(a, row_step, column_step, b + n, b_stride, rows, depth, accumulates, c + n, c_stride);
    }
    for (; n < columns; n += WIDTH) {
        block_columns<1>(a, row_step, column_step, b + n, b_stride, rows, depth, accumulates, c + n, c_stride);
    }
}
