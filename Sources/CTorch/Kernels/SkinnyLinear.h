// x Wᵀ for few rows x: every weight is read once and used for all rows. Included once an instruction set.

/// ROWS rows of x times OUTPUTS rows of W. Each result is one chain of sums over k and one sum over lanes, the same for
/// every ROWS and OUTPUTS: a row's result does not depend on the other rows.
///
/// The next OUTPUTS rows of W are fetched meanwhile: of every `turns` vectors, the one whose turn it is.
template <int ROWS, int OUTPUTS, class Weight>
TAIJI_INLINE void tile(const float *x, int64_t x_stride, const Weight *w, int64_t width, const float *bias, float *y,
                       int64_t y_stride, int64_t turn, int64_t turns) {
    Lanes sums[ROWS][OUTPUTS] = {};
    const int64_t whole = width / WIDTH * WIDTH;
    for (int64_t k = 0; k < whole; k += WIDTH) {
        if (turn-- == 0) {
            turn = turns - 1;
#pragma clang loop unroll(full)
            for (int o = 0; o < OUTPUTS; o++) __builtin_prefetch(w + (o + OUTPUTS) * width + k, 0, 2);
        }
        Lanes weights[OUTPUTS];
#pragma clang loop unroll(full)
        for (int o = 0; o < OUTPUTS; o++) weights[o] = load(w + o * width + k);
#pragma clang loop unroll(full)
        for (int r = 0; r < ROWS; r++) {
            const Lanes row = load(x + r * x_stride + k);
#pragma clang loop unroll(full)
            for (int o = 0; o < OUTPUTS; o++) sums[r][o] = row * weights[o] + sums[r][o];
        }
    }
#pragma clang loop unroll(full)
    for (int r = 0; r < ROWS; r++) {
#pragma clang loop unroll(full)
        for (int o = 0; o < OUTPUTS; o++) {
            float total = sum(sums[r][o]);
            for (int64_t k = whole; k < width; k++) total += x[r * x_stride + k] * number(w[o * width + k]);
            y[r * y_stride + o] = total + (bias ? bias[o] : 0.0f);
        }
    }
}

template <int OUTPUTS, class Weight>
TAIJI_INLINE void all_rows(const float *x, int64_t rows, const Weight *w, int64_t width, const float *bias, float *y,
                           int64_t outputs) {
    const int64_t turns = (rows + 3) / 4;
    int64_t r = 0, turn = 0;
    for (; r + 4 <= rows; r += 4, turn++) {
        tile<4, OUTPUTS>(x + r * width, width, w, width, bias, y + r * outputs, outputs, turn, turns);
    }
    x += r * width;
    y += r * outputs;
    switch (rows - r) {
    case 3: tile<3, OUTPUTS>(x, width, w, width, bias, y, outputs, turn, turns); break;
    case 2: tile<2, OUTPUTS>(x, width, w, width, bias, y, outputs, turn, turns); break;
    case 1: tile<1, OUTPUTS>(x, width, w, width, bias, y, outputs, turn, turns); break;
    default: break;
    }
}

/// Outputs `from`..<`to` of y = x Wᵀ + bias.
template <class Weight>
void skinny_linear(const float *x, int64_t rows, const Weight *w, int64_t width, const float *bias, float *y,
                   int64_t outputs, int64_t from, int64_t to) {
    constexpr int OUTPUTS = WIDTH == 16 ? 5 : 3;
    int64_t o = from;
    for (; o + OUTPUTS <= to; o += OUTPUTS) {
        all_rows<OUTPUTS>(x, rows, w + o * width, width, bias ? bias + o : nullptr, y + o, outputs);
    }
    for (; o < to; o++) all_rows<1>(x, rows, w + o * width, width, bias ? bias + o : nullptr, y + o, outputs);
}
