#include "Compositions.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/rms_norm.h>
#include <ATen/ops/silu.h>
#include <ATen/ops/silu_backward.h>

namespace taiji::composed {

at::Tensor normalize(const at::Tensor &x, const at::Tensor &weight, double epsilon) {
    return at::rms_norm(x, weight.sizes(), weight, epsilon);
}

std::pair<at::Tensor, at::Tensor> normalize_backward(const at::Tensor &upstream, const at::Tensor &x,
                                                     const at::Tensor &weight, double epsilon) {
    const auto scale = x.square().mean(-1, true).add_(epsilon).rsqrt_();
    const auto unit = x * scale;  // n = unit · weight
    const auto slope = upstream * weight;
    const auto along = (slope * unit).mean(-1, true);
    return {(slope - unit * along).mul_(scale), (upstream * unit).reshape({-1, weight.numel()}).sum(0)};
}

at::Tensor gate(const at::Tensor &gate, const at::Tensor &up) { return at::silu(gate).mul_(up); }

std::pair<at::Tensor, at::Tensor> gate_backward(const at::Tensor &upstream, const at::Tensor &gate, const at::Tensor &up) {
    return {at::silu_backward(upstream * up, gate), at::silu(gate).mul_(upstream)};
}

at::Tensor rotate(const at::Tensor &x, const at::Tensor &cosine, const at::Tensor &sine, float direction) {
    const auto halves = x.chunk(2, -1);
    const auto c = cosine.unsqueeze(1), s = sine.unsqueeze(1) * direction;  // [T, 1, d / 2]
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
