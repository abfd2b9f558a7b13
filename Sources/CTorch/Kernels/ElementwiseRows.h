// RMSNorm, rotation by position and the gate of the feed-forward layer, row by row. Included once an instruction set.

/// out = x · rsqrt(mean x² + ε) · weight; returns the factor rsqrt(…).
static float normalize_row(const float *x, const float *weight, int64_t width, float epsilon, float *out) {
    Lanes squares = {};
    int64_t i = 0;
    for (; i + WIDTH <= width; i += WIDTH) squares = load(x + i) * load(x + i) + squares;
    float total = sum(squares);
    for (; i < width; i++) total += x[i] * x[i];
    const float factor = 1 / std::sqrt(total / float(width) + epsilon);
    for (i = 0; i + WIDTH <= width; i += WIDTH) store(out + i, load(x + i) * factor * load(weight + i));
    for (; i < width; i++) out[i] = x[i] * factor * weight[i];
    return factor;
}

/// Gradient of x, and what the row adds to the gradient of the weight.
static void normalize_row_backward(const float *upstream, const float *x, const float *weight, int64_t width,
                                   float epsilon, float *x_gradient, float *weight_gradient) {
    Lanes squares = {}, along = {};
    int64_t i = 0;
    for (; i + WIDTH <= width; i += WIDTH) {
        const Lanes number = load(x + i);
        squares = number * number + squares;
        along = load(upstream + i) * load(weight + i) * number + along;
    }
    float total = sum(squares), projection = sum(along);
    for (; i < width; i++) {
        total += x[i] * x[i];
        projection += upstream[i] * weight[i] * x[i];
    }
    const float factor = 1 / std::sqrt(total / float(width) + epsilon);
    const float pull = projection * factor * factor * factor / float(width);
    for (i = 0; i + WIDTH <= width; i += WIDTH) {
        const Lanes number = load(x + i), slope = load(upstream + i);
        store(x_gradient + i, slope * load(weight + i) * factor - number * pull);
        store(weight_gradient + i, slope * number * factor + load(weight_gradient + i));
    }
    for (; i < width; i++) {
        x_gradient[i] = upstream[i] * weight[i] * factor - x[i] * pull;
        weight_gradient[i] += upstream[i] * x[i] * factor;
    }
}

/// (a, b) → (a cos − b sin, b cos + a sin) for the halves a, b of each head; `direction` −1 turns back.
static void rotate_row(const float *x, int64_t heads, int64_t width, const float *cosine, const float *sine,
                       float direction, float *out) {
    const int64_t half = width / 2;
    for (int64_t h = 0; h < heads; h++, x += width, out += width) {
        int64_t i = 0;
        for (; i + WIDTH <= half; i += WIDTH) {
            const Lanes a = load(x + i), b = load(x + half + i), c = load(cosine + i), s = load(sine + i) * direction;
            store(out + i, a * c - b * s);
            store(out + half + i, b * c + a * s);
        }
        for (; i < half; i++) {
            const float a = x[i], b = x[half + i], s = sine[i] * direction;
            out[i] = a * cosine[i] - b * s;
            out[half + i] = b * cosine[i] + a * s;
        }
    }
}

/// silu(gate) · up, with silu(x) = x / (1 + e⁻ˣ).
static void gate_row(const float *gate, const float *up, int64_t width, float *out) {
    int64_t i = 0;
    for (; i + WIDTH <= width; i += WIDTH) {
        const Lanes x = load(gate + i);
        store(out + i, x / (exponential(-x) + 1.0f) * load(up + i));
    }
    for (; i < width; i++) out[i] = gate[i] / (1 + std::exp(-gate[i])) * up[i];
}

static void gate_row_backward(const float *upstream, const float *gate, const float *up, int64_t width,
                              float *gate_gradient, float *up_gradient) {
    int64_t i = 0;
    for (; i + WIDTH <= width; i += WIDTH) {
        const Lanes x = load(gate + i), slope = load(upstream + i);
        const Lanes share = splat(1.0f) / (exponential(-x) + 1.0f);
        store(up_gradient + i, slope * x * share);
        store(gate_gradient + i, slope * load(up + i) * (share + x * share * (splat(1.0f) - share)));
    }
    for (; i < width; i++) {
        const float share = 1 / (1 + std::exp(-gate[i]));
        up_gradient[i] = upstream[i] * gate[i] * share;
        gate_gradient[i] = upstream[i] * up[i] * (share + gate[i] * share * (1 - share));
    }
}
