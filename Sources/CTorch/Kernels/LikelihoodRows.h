// Rows of scores over a large vocabulary. Included once an instruction set.

/// log Σ e^score of a row.
static float log_normalizer(const float *scores, int64_t count) {
    float best = -INFINITY;
    int64_t i = 0;
    Lanes lanes = splat(-INFINITY);
    for (; i + WIDTH <= count; i += WIDTH) lanes = larger(lanes, load(scores + i));
    best = largest(lanes);
    for (; i < count; i++) best = std::max(best, scores[i]);
    if (!std::isfinite(best)) return best;
    // Blocks in float32, their sum in float64: a vocabulary of 150,000 keeps its digits.
    double total = 0;
    for (i = 0; i + WIDTH <= count;) {
        const int64_t end = std::min(i + 64 * WIDTH, count / WIDTH * WIDTH);
        Lanes block = {};
        for (; i < end; i += WIDTH) block = exponential(load(scores + i) - best) + block;
        total += double(sum(block));
    }
    for (; i < count; i++) total += double(std::exp(scores[i] - best));
    return best + float(std::log(total));
}

/// Scores in place to factor · (1[i = target] − e^(score − normalizer)): the gradient of factor · log P(target).
/// Gives Σ P · score.
static float likelihood_slope(float *scores, int64_t count, float normalizer, int64_t target, float factor) {
    double mean = 0;
    int64_t i = 0;
    while (i + WIDTH <= count) {
        const int64_t end = std::min(i + 64 * WIDTH, count / WIDTH * WIDTH);
        Lanes block = {};
        for (; i < end; i += WIDTH) {
            const Lanes score = load(scores + i), chance = exponential(score - normalizer);
            block = chance * score + block;
            store(scores + i, chance * -factor);
        }
        mean += double(sum(block));
    }
    for (; i < count; i++) {
        const float chance = std::exp(scores[i] - normalizer);
        mean += double(chance) * scores[i];
        scores[i] = chance * -factor;
    }
    scores[target] += factor;
    return float(mean);
}
