// Rows of a table of embeddings. Included once an instruction set.

/// to += from.
TAIJI_INLINE void add_row(const float *from, int64_t width, float *to) {
    int64_t i = 0;
    for (; i + WIDTH <= width; i += WIDTH) store(to + i, load(to + i) + load(from + i));
    for (; i < width; i++) to[i] += from[i];
}

/// Adds row j of `from` to row `indices[j]` of `to`, for each j of `places` in their order.
template <class Index>
static void add_rows(const float *from, const Index *indices, const int32_t *places, int64_t count, int64_t width,
                     float *to) {
    for (int64_t i = 0; i < count; i++) {
        const int64_t j = places[i];
        add_row(from + j * width, width, to + int64_t(indices[j]) * width);
    }
}

/// One Adam step of a row: its weights and moments [width], and its gradient.
static void adam_row(const ct_row_adam &step, const float *slopes, int64_t width, float *weights, float *first,
                     float *second) {
    int64_t i = 0;
    for (; i + WIDTH <= width; i += WIDTH) {
        const Lanes slope = load(slopes + i) * step.scale;
        const Lanes m = load(first + i) * step.beta1 + slope * step.fresh1;
        const Lanes v = load(second + i) * step.beta2 + slope * slope * step.fresh2;
        store(first + i, m);
        store(second + i, v);
        store(weights + i,
              load(weights + i) - m * step.rate / (__builtin_elementwise_sqrt(v) * step.root + step.epsilon));
    }
    for (; i < width; i++) {
        const float slope = slopes[i] * step.scale;
        first[i] = first[i] * step.beta1 + slope * step.fresh1;
        second[i] = second[i] * step.beta2 + slope * slope * step.fresh2;
        weights[i] -= first[i] * step.rate / (std::sqrt(second[i]) * step.root + step.epsilon);
    }
}
