#include "ActivationUnit.h"

#include <ATen/ops/empty_like.h>
#include <ATen/ops/zeros.h>

#include "Parallel.h"

#define TAIJI_KERNEL "ActivationUnitKernel.h"
#include "ForEachInstructionSet.h"

namespace taiji {

namespace {

/// Rows of one task. Fixed, so that the order of additions does not follow the number of threads.
constexpr int64_t TASK_ROWS = 64;

int64_t padded(int64_t count) { return (count + 15) / 16 * 16; }

/// The same rows, each filled with zeros to a multiple of 16 numbers.
std::vector<float> padded_rows(const at::Tensor &matrix) {
    const int64_t columns = matrix.size(-1), rows = matrix.numel() / columns, full = padded(columns);
    std::vector<float> result(size_t(rows * full), 0.0f);
    const float *from = matrix.const_data_ptr<float>();
    for (int64_t r = 0; r < rows; r++) std::copy_n(from + r * columns, columns, result.begin() + r * full);
    return result;
}

at::Tensor unpadded(const float *from, at::IntArrayRef sizes, const at::Tensor &like) {
    auto result = at::zeros(sizes, like.options());
    const int64_t columns = sizes.back(), full = padded(columns);
    float *to = result.data_ptr<float>();
    for (int64_t r = 0; r < result.numel() / columns; r++) std::copy_n(from + r * full, columns, to + r * columns);
    return result;
}

/// The parameters of all rows, padded.
struct Weights {
    std::vector<float> behavior, product, slope, output;

    explicit Weights(const ActivationUnit &unit)
        : behavior(padded_rows(unit.behavior)), product(padded_rows(unit.product)), slope(padded_rows(unit.slope)),
          output(padded_rows(unit.output)) {}

    ActivationRow row(const ActivationUnit &unit, int64_t index) const {
        const int64_t length = unit.sequences.size(1), width = unit.sequences.size(2), hidden = unit.offsets.size(1);
        // One sequence may serve all candidates.
        const int64_t sequence = unit.sequences.size(0) == 1 ? 0 : index;
        return {.query = unit.queries.const_data_ptr<float>() + index * width,
                .sequence = unit.sequences.const_data_ptr<float>() + sequence * length * width,
                .mask = unit.mask.const_data_ptr<float>() + sequence * length,
                .offset = unit.offsets.const_data_ptr<float>() + index * hidden,
                .behavior = behavior.data(),
                .product = product.data(),
                .slope = slope.data(),
                .output = output.data(),
                .bias = *unit.bias.const_data_ptr<float>(),
                .length = length,
                .width = width,
                .hidden = hidden,
                .full_width = padded(width),
                .full_hidden = padded(hidden)};
    }
};

}  // namespace

void ActivationUnit::check() const {
    const int64_t batch = queries.size(0), width = queries.size(1), hidden = offsets.size(-1);
    const bool fits = sequences.dim() == 3 && (sequences.size(0) == batch || sequences.size(0) == 1) &&
                      sequences.size(2) == width &&
                      mask.sizes() == at::IntArrayRef({sequences.size(0), sequences.size(1)}) &&
                      offsets.sizes() == at::IntArrayRef({batch, hidden}) &&
                      behavior.sizes() == at::IntArrayRef({width, hidden}) && product.sizes() == behavior.sizes() &&
                      slope.numel() == hidden && output.numel() == hidden && bias.numel() == 1;
    TORCH_CHECK(fits, "an activation unit cannot mix ", queries.sizes(), ", ", sequences.sizes(), ", ", mask.sizes(),
                ", ", offsets.sizes(), " and ", behavior.sizes());
    for (const auto &tensor : {queries, sequences, mask, offsets, behavior, product, slope, output, bias}) {
        TORCH_CHECK(tensor.is_contiguous() && tensor.scalar_type() == at::kFloat,
                    "an activation unit needs contiguous float32");
    }
}

at::Tensor ActivationUnit::forward() const {
    auto pooled = at::empty_like(queries);
    const Weights weights(*this);
    const int64_t batch = queries.size(0), width = queries.size(1);
    const auto kernel = TAIJI_BEST(activate_forward);
    parallel_tasks((batch + TASK_ROWS - 1) / TASK_ROWS, [&](int64_t task) {
        std::vector<float> work;
        for (int64_t b = task * TASK_ROWS; b < std::min(batch, (task + 1) * TASK_ROWS); b++) {
            const auto row = weights.row(*this, b);
            work.resize(size_t((row.width + row.length) * row.full_hidden));
            kernel(row, pooled.data_ptr<float>() + b * width, work.data());
        }
    });
    return pooled;
}

std::vector<at::Tensor> ActivationUnit::backward(const at::Tensor &upstream) const {
    TORCH_CHECK(sequences.size(0) == queries.size(0), "one sequence for all candidates has no gradient; repeat it");
    const Weights weights(*this);
    const int64_t batch = queries.size(0), length = sequences.size(1), width = queries.size(1);
    const int64_t hidden = offsets.size(1), full = padded(hidden), wide = padded(width);
    auto query_slopes = at::empty_like(queries), sequence_slopes = at::empty_like(sequences);
    auto offset_slopes = at::empty_like(offsets);
    const int64_t tasks = (batch + TASK_ROWS - 1) / TASK_ROWS;
    // Of each task: A, P, prelu's slope, u, c.
    const int64_t part = 2 * width * full + 2 * full + 16;
    std::vector<float> parts(size_t(tasks * part), 0.0f);
    const auto kernel = TAIJI_BEST(activate_backward);
    parallel_tasks(tasks, [&](int64_t task) {
        float *own = parts.data() + task * part;
        std::vector<float> work(size_t(2 * width * full + length * full + full * wide + length * wide));
        for (int64_t b = task * TASK_ROWS; b < std::min(batch, (task + 1) * TASK_ROWS); b++) {
            const ActivationGradients into{.upstream = upstream.const_data_ptr<float>() + b * width,
                                           .query = query_slopes.data_ptr<float>() + b * width,
                                           .sequence = sequence_slopes.data_ptr<float>() + b * length * width,
                                           .offset = offset_slopes.data_ptr<float>() + b * hidden,
                                           .behavior = own,
                                           .product = own + width * full,
                                           .slope = own + 2 * width * full,
                                           .output = own + 2 * width * full + full,
                                           .bias = own + 2 * width * full + 2 * full};
            kernel(weights.row(*this, b), into, work.data());
        }
    });
    for (int64_t task = 1; task < tasks; task++) {
        for (int64_t place = 0; place < part; place++) parts[size_t(place)] += parts[size_t(task * part + place)];
    }
    const float *sum = parts.data();
    return {query_slopes,
            sequence_slopes,
            {},
            offset_slopes,
            unpadded(sum, behavior.sizes(), behavior),
            unpadded(sum + width * full, product.sizes(), product),
            unpadded(sum + 2 * width * full, slope.sizes(), slope),
            unpadded(sum + 2 * width * full + full, output.sizes(), output),
            unpadded(sum + 2 * width * full + 2 * full, bias.sizes(), bias)};
}

}  // namespace taiji
