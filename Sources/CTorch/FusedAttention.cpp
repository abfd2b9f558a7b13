#include "FusedAttention.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/_scaled_dot_product_efficient_attention.h>
#include <ATen/ops/_scaled_dot_product_efficient_attention_backward.h>
#include <ATen/ops/_scaled_dot_product_flash_attention.h>
#include <ATen/ops/_scaled_dot_product_flash_attention_backward.h>
#include <ATen/ops/_scaled_dot_product_flash_attention_for_cpu.h>
#include <ATen/ops/_scaled_dot_product_flash_attention_for_cpu_backward.h>
#include <ATen/ops/constant_pad_nd.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/logsumexp.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/ones.h>

#include <cmath>
#include <limits>

#include "Devices.h"

namespace taiji::composed {

namespace {

/// Which kernel computes. The memory-efficient one takes float32, flash attention half the bytes and twice the speed.
enum class Kernel { cpu, flash, efficient, plain };

Kernel kernel_of(const at::Tensor &q) {
    if (!has_fused_kernels() || !(q.is_cpu() || q.is_cuda())) return Kernel::plain;
    if (q.is_cpu()) return Kernel::cpu;
    return q.scalar_type() != at::kFloat && q.size(3) % 8 == 0 && q.size(3) <= 256 ? Kernel::flash : Kernel::efficient;
}

double scale_of(const at::Tensor &q) { return 1 / std::sqrt(double(q.size(3))); }

/// Scaled scores in float32, [B, H, L, K].
at::Tensor scores(const at::Tensor &q, const at::Tensor &k, bool causal) {
    const auto all = at::matmul(q.to(at::kFloat) * scale_of(q), k.to(at::kFloat).transpose(2, 3));
    if (!causal) return all;
    const auto unseen = at::ones({q.size(2), k.size(2)}, q.options().dtype(at::kBool)).triu(1);
    return all.masked_fill(unseen, -std::numeric_limits<double>::infinity());
}

/// The memory-efficient kernel reads and writes rows of normalizers in multiples of 32.
constexpr int64_t NORMALIZER_ROWS = 32;

}  // namespace

Mixed fused_attention(const at::Tensor &q, const at::Tensor &k, const at::Tensor &v, bool causal) {
    TORCH_CHECK(!causal || q.size(2) == k.size(2), "causal attention needs as many keys as queries");
    switch (kernel_of(q)) {
    case Kernel::cpu: {
        auto [values, normalizers] = at::_scaled_dot_product_flash_attention_for_cpu(q, k, v, 0, causal);
        return {values, normalizers};
    }
    case Kernel::flash: {
        auto found = at::_scaled_dot_product_flash_attention(q, k, v, 0, causal);
        return {std::get<0>(found), std::get<1>(found)};
    }
    case Kernel::efficient: {
        auto found = at::_scaled_dot_product_efficient_attention(q, k, v, std::nullopt, true, 0, causal);
        return {std::get<0>(found), std::get<1>(found).slice(2, 0, q.size(2))};
    }
    case Kernel::plain: break;
    }
    const auto all = scores(q, k, causal);
    const auto normalizers = all.logsumexp(-1);
    return {at::matmul((all - normalizers.unsqueeze(3)).exp(), v.to(at::kFloat)).to(v.scalar_type()), normalizers};
}

AttentionSlopes fused_attention_backward(const at::Tensor &slopes, const at::Tensor &q, const at::Tensor &k,
                                         const at::Tensor &v, const Mixed &mixed, bool causal) {
    // Dropout's random numbers, of which there are none.
    const auto no_seed = [&] { return at::empty({0}, q.options().dtype(at::kLong)); };
    switch (kernel_of(q)) {
    case Kernel::cpu: {
        auto [dq, dk, dv] = at::_scaled_dot_product_flash_attention_for_cpu_backward(slopes, q, k, v, mixed.values,
                                                                                     mixed.normalizers, 0, causal);
        return {dq, dk, dv};
    }
    case Kernel::flash: {
        auto [dq, dk, dv] = at::_scaled_dot_product_flash_attention_backward(
            slopes, q, k, v, mixed.values, mixed.normalizers.contiguous(), {}, {}, q.size(2), k.size(2), 0, causal, no_seed(),
            no_seed());
        return {dq, dk, dv};
    }
    case Kernel::efficient: {
        const int64_t missing = (NORMALIZER_ROWS - q.size(2) % NORMALIZER_ROWS) % NORMALIZER_ROWS;
        const auto rows = at::constant_pad_nd(mixed.normalizers, {0, missing}).contiguous();
        auto [dq, dk, dv, bias] = at::_scaled_dot_product_efficient_attention_backward(
            slopes, q, k, v, {}, mixed.values, rows, no_seed(), no_seed(), 0, {true, true, true, false}, causal);
        return {dq, dk, dv};
    }
    case Kernel::plain: break;
    }
    const double scale = scale_of(q);
    const auto shares = (scores(q, k, causal) - mixed.normalizers.unsqueeze(3)).exp();  // [B, H, L, K]
    const auto up = slopes.to(at::kFloat);
    const auto ups = at::matmul(up, v.to(at::kFloat).transpose(2, 3));
    const auto means = (up * mixed.values.to(at::kFloat)).sum(-1, true);
    const auto inner = shares * (ups - means) * scale;
    return {at::matmul(inner, k.to(at::kFloat)).to(q.scalar_type()),
            at::matmul(inner.transpose(2, 3), q.to(at::kFloat)).to(k.scalar_type()),
            at::matmul(shares.transpose(2, 3), up).to(v.scalar_type())};
}

}  // namespace taiji::composed
