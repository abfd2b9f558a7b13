#include "Compositions.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/rms_norm.h>
#include <ATen/ops/silu.h>

namespace taiji::composed {

at::Tensor project(const at::Tensor &x, const at::Tensor &weight, const at::Tensor &bias,
                   std::optional<at::ScalarType> product_type) {
    TORCH_CHECK(weight.scalar_type() != at::kByte, "8-bit weights are multiplied on the processor alone");
    const auto type = product_type.value_or(x.scalar_type());
    const auto y = at::linear(x.to(type), weight.to(type)).to(x.scalar_type());
    return bias.defined() ? y + bias : y;
}

at::Tensor normalize(const at::Tensor &x, const at::Tensor &weight, double epsilon) {
    return at::rms_norm(x, weight.sizes(), weight, epsilon);
}

at::Tensor gate(const at::Tensor &gate, const at::Tensor &up) { return at::silu(gate) * up; }

at::Tensor rotate(const at::Tensor &x, const at::Tensor &cosine, const at::Tensor &sine) {
    const auto halves = x.chunk(2, -1);
    const auto c = cosine.unsqueeze(1), s = sine.unsqueeze(1);  // [T, 1, d / 2]
    return at::cat({halves[0] * c - halves[1] * s, halves[1] * c + halves[0] * s}, -1);
}

at::Tensor likelihood_slopes(at::Tensor &scores, const at::Tensor &normalizers, const at::Tensor &targets,
                             const at::Tensor &factors) {
    const auto chances = scores.sub(normalizers.unsqueeze(1)).exp_();
    const auto means = chances.mul(scores).sum(1);
    // d log P(t) / d scores = onehot(t) − softmax.
    scores.copy_(chances.mul_(factors.unsqueeze(1)).neg_());
    scores.scatter_add_(1, targets.unsqueeze(1), factors.unsqueeze(1));
    return means;
}

}  // namespace taiji::composed
