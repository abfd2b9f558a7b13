#include "Rows.h"

#include <ATen/Parallel.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/logsumexp.h>
#include <ATen/ops/zeros.h>

#include <algorithm>

#include "../Compositions.h"
#include "../Devices.h"
#include "EightBit.h"
#include "Parallel.h"

#define TAIJI_KERNEL "RowsKernel.h"
#include "ForEachInstructionSet.h"

namespace taiji {

namespace {

/// Most rows for which reading weights once matters more than the last part of the arithmetic rate.
constexpr int64_t FEW_ROWS = 64;
/// Outputs a task; a multiple of the kernels' output tiles.
constexpr int64_t OUTPUTS_A_TASK = 60;

const float *numbers(const at::Tensor &tensor) { return tensor.const_data_ptr<float>(); }

void check_float(const char *what, const at::Tensor &tensor) {
    TORCH_CHECK(tensor.scalar_type() == at::kFloat && tensor.is_contiguous(), what,
                " needs contiguous float32, found ", tensor.scalar_type(), " ", tensor.sizes());
}

template <class Weight>
at::Tensor project_few(const at::Tensor &x, const at::Tensor &weight, const Weight *weights, const float *bias,
                       void (*kernel)(const float *, int64_t, const Weight *, int64_t, const float *, float *, int64_t,
                                      int64_t, int64_t)) {
    const int64_t rows = x.size(0), width = x.size(1), outputs = weight.size(0);
    auto y = at::empty({rows, outputs}, x.options());
    const auto *from = numbers(x);
    auto *to = y.data_ptr<float>();
    parallel_tasks((outputs + OUTPUTS_A_TASK - 1) / OUTPUTS_A_TASK, [&](int64_t task) {
        const int64_t first = task * OUTPUTS_A_TASK;
        kernel(from, rows, weights, width, bias, to, outputs, first, std::min(outputs, first + OUTPUTS_A_TASK));
    });
    return y;
}

/// Calls body(first, end) for blocks of rows; small work stays on this thread.
template <class Body> void over_rows(int64_t rows, int64_t width, Body &&body) {
    const int64_t block = std::max<int64_t>(1, 16384 / std::max<int64_t>(1, width));
    const int64_t tasks = (rows + block - 1) / block;
    if (tasks <= 1) return body(0, rows);
    parallel_tasks(tasks, [&](int64_t task) { body(task * block, std::min(rows, (task + 1) * block)); });
}

}  // namespace

at::Tensor project(const at::Tensor &x, const at::Tensor &weight, const at::Tensor &bias,
                   std::optional<at::ScalarType> product_type) {
    if (is_eight_bit(weight)) {
        TORCH_CHECK(is_native(x), "8-bit weights are multiplied by the processor's kernels alone");
        return project_eight_bit(x, weight, bias);
    }
    TORCH_CHECK(x.dim() == 2 && weight.dim() == 2 && x.size(1) == weight.size(1), "cannot multiply ", x.sizes(),
                " by the transpose of ", weight.sizes());
    const bool few = is_native(x) && x.size(0) <= FEW_ROWS && x.scalar_type() == at::kFloat && x.is_contiguous() &&
                     weight.is_contiguous() && !product_type;
    const float *offset = few && bias.defined() ? numbers(bias) : nullptr;
    if (few && weight.scalar_type() == at::kFloat) {
        return project_few(x, weight, numbers(weight), offset, TAIJI_BEST(skinny_linear<float>));
    }
    if (few && weight.scalar_type() == at::kBFloat16) {
        const auto *bits = reinterpret_cast<const uint16_t *>(weight.const_data_ptr<at::BFloat16>());
        return project_few(x, weight, bits, offset, TAIJI_BEST(skinny_linear<uint16_t>));
    }
    if (few && weight.scalar_type() == at::kHalf) {
        const auto *bits = reinterpret_cast<const _Float16 *>(weight.const_data_ptr<at::Half>());
        return project_few(x, weight, bits, offset, TAIJI_BEST(skinny_linear<_Float16>));
    }
    at::Tensor y;
    if (product_type && *product_type != x.scalar_type()) {
        return project_narrow(x.to(*product_type), weight, bias, x.scalar_type());
    } else if (weight.scalar_type() == x.scalar_type()) {
        y = at::linear(x, weight);
    } else {
        y = at::empty({x.size(0), weight.size(0)}, x.options());
        over_widened(weight, x.scalar_type(), [&](int64_t first, const at::Tensor &block) {
            y.slice(1, first, first + block.size(0)).copy_(at::linear(x, block));
        });
    }
    return bias.defined() ? y.add_(bias) : y;
}

at::Tensor project_narrow(const at::Tensor &x, const at::Tensor &weight, const at::Tensor &bias, at::ScalarType type) {
    auto y = at::linear(x, weight.to(x.scalar_type())).to(type);
    return bias.defined() ? y.add_(bias) : y;
}

void over_widened(const at::Tensor &weight, at::ScalarType type,
                  const std::function<void(int64_t, const at::Tensor &)> &body) {
    const int64_t step = std::max<int64_t>(1, (int64_t(16) << 20) / std::max<int64_t>(1, weight.size(1)));
    for (int64_t first = 0; first < weight.size(0); first += step) {
        body(first, weight.slice(0, first, std::min(weight.size(0), first + step)).to(type));
    }
}

at::Tensor normalize(const at::Tensor &x, const at::Tensor &weight, double epsilon) {
    if (!is_native(x) || x.scalar_type() != at::kFloat) return composed::normalize(x, weight, epsilon);
    check_float("RMSNorm", x);
    check_float("RMSNorm", weight);
    const int64_t width = weight.numel(), rows = x.numel() / std::max<int64_t>(1, width);
    TORCH_CHECK(x.size(-1) == width, "RMSNorm of ", x.sizes(), " with a weight of ", width);
    auto out = at::empty_like(x);
    const auto *from = numbers(x), *scale = numbers(weight);
    auto *to = out.data_ptr<float>();
    const auto kernel = TAIJI_BEST(normalize_row);
    over_rows(rows, width, [&](int64_t first, int64_t end) {
        for (int64_t r = first; r < end; r++) kernel(from + r * width, scale, width, float(epsilon), to + r * width);
    });
    return out;
}

std::pair<at::Tensor, at::Tensor> normalize_backward(const at::Tensor &upstream, const at::Tensor &x,
                                                     const at::Tensor &weight, double epsilon) {
    if (!is_native(x) || x.scalar_type() != at::kFloat) {
        return composed::normalize_backward(upstream, x, weight, epsilon);
    }
    const auto slope = upstream.contiguous();
    const int64_t width = weight.numel(), rows = x.numel() / width;
    // A fixed number of partial sums, so that the weight's gradient does not depend on the number of threads.
    constexpr int64_t PARTS = 8;
    auto x_gradient = at::empty_like(x);
    auto parts = at::zeros({PARTS, width}, x.options());
    const auto kernel = TAIJI_BEST(normalize_row_backward);
    const auto *up = numbers(slope), *from = numbers(x), *scale = numbers(weight);
    auto *to = x_gradient.data_ptr<float>(), *sums = parts.data_ptr<float>();
    parallel_tasks(PARTS, [&](int64_t part) {
        for (int64_t r = rows * part / PARTS; r < rows * (part + 1) / PARTS; r++) {
            kernel(up + r * width, from + r * width, scale, width, float(epsilon), to + r * width, sums + part * width);
        }
    });
    return {x_gradient, parts.sum(0)};
}

at::Tensor rotate(const at::Tensor &x, const at::Tensor &cosine, const at::Tensor &sine, float direction) {
    if (!is_native(x)) return composed::rotate(x, cosine, sine, direction);
    const auto heads = x.contiguous();
    check_float("rotation", heads);
    TORCH_CHECK(heads.dim() == 3 && cosine.sizes() == at::IntArrayRef({x.size(0), x.size(2) / 2}) &&
                    sine.sizes() == cosine.sizes() && cosine.is_contiguous() && sine.is_contiguous(),
                "rotation of ", x.sizes(), " by ", cosine.sizes());
    auto out = at::empty_like(heads);
    const int64_t count = heads.size(1), width = heads.size(2), row = count * width, half = width / 2;
    const auto *from = numbers(heads), *c = numbers(cosine), *s = numbers(sine);
    auto *to = out.data_ptr<float>();
    const auto kernel = TAIJI_BEST(rotate_row);
    over_rows(heads.size(0), row, [&](int64_t first, int64_t end) {
        for (int64_t t = first; t < end; t++) {
            kernel(from + t * row, count, width, c + t * half, s + t * half, direction, to + t * row);
        }
    });
    return out;
}

at::Tensor gate(const at::Tensor &gate, const at::Tensor &up) {
    if (!is_native(gate)) return composed::gate(gate, up);
    check_float("gate", gate);
    check_float("gate", up);
    auto out = at::empty_like(gate);
    const auto *a = numbers(gate), *b = numbers(up);
    auto *to = out.data_ptr<float>();
    const int64_t width = gate.size(-1), rows = gate.numel() / width;
    const auto kernel = TAIJI_BEST(gate_row);
    over_rows(rows, width, [&](int64_t first, int64_t end) {
        // Row by row: what is left over beyond whole vectors is then the same for every number of rows.
        for (int64_t r = first; r < end; r++) kernel(a + r * width, b + r * width, width, to + r * width);
    });
    return out;
}

std::pair<at::Tensor, at::Tensor> gate_backward(const at::Tensor &upstream, const at::Tensor &gate,
                                                const at::Tensor &up) {
    if (!is_native(gate)) return composed::gate_backward(upstream, gate, up);
    auto gate_gradient = at::empty_like(gate), up_gradient = at::empty_like(up);
    const auto slope = upstream.contiguous();
    const auto *u = numbers(slope), *a = numbers(gate), *b = numbers(up);
    auto *da = gate_gradient.data_ptr<float>(), *db = up_gradient.data_ptr<float>();
    const int64_t width = gate.size(-1), rows = gate.numel() / width;
    const auto kernel = TAIJI_BEST(gate_row_backward);
    over_rows(rows, width, [&](int64_t first, int64_t end) {
        for (int64_t at = first * width; at < end * width; at += width) {
            kernel(u + at, a + at, b + at, width, da + at, db + at);
        }
    });
    return {gate_gradient, up_gradient};
}

at::Tensor log_normalizers(const at::Tensor &scores) {
    if (!is_native(scores)) return at::logsumexp(scores, 1);
    check_float("log-softmax", scores);
    const int64_t rows = scores.size(0), count = scores.size(1);
    auto out = at::empty({rows}, scores.options());
    const auto *from = numbers(scores);
    auto *to = out.data_ptr<float>();
    const auto kernel = TAIJI_BEST(log_normalizer);
    parallel_tasks(rows, [&](int64_t r) { to[r] = kernel(from + r * count, count); });
    return out;
}

at::Tensor likelihood_slopes(at::Tensor &scores, const at::Tensor &normalizers, const at::Tensor &targets,
                             const at::Tensor &factors) {
    if (!is_native(scores)) return composed::likelihood_slopes(scores, normalizers, targets, factors);
    const int64_t rows = scores.size(0), count = scores.size(1);
    const auto *normalizer = numbers(normalizers), *factor = numbers(factors);
    const auto *target = targets.const_data_ptr<int64_t>();
    auto means = at::empty({rows}, scores.options());
    auto *to = scores.data_ptr<float>(), *mean = means.data_ptr<float>();
    const auto kernel = TAIJI_BEST(likelihood_slope);
    parallel_tasks(rows, [&](int64_t r) {
        mean[r] = kernel(to + r * count, count, normalizer[r], target[r], factor[r]);
    });
    return means;
}

}  // namespace taiji
