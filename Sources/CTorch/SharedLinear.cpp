#include "SharedLinear.h"

#include <torch/csrc/autograd/custom_function.h>

#include <ATen/Parallel.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/mm.h>

#include <algorithm>

#include "Devices.h"
#include "Kernels/Parallel.h"

using torch::autograd::AutogradContext;
using torch::autograd::Function;
using torch::autograd::variable_list;

namespace taiji {

namespace {

/// Rows of a block: fixed, so that no bit depends on the number of threads.
constexpr int64_t BLOCK = 256;

/// Calls body(block, first row, rows) for blocks of rows, without gradients, which belong to a thread.
template <class Body> void over_blocks(int64_t rows, Body &&body) {
    parallel_tasks((rows + BLOCK - 1) / BLOCK, [&](int64_t block) {
        const at::NoGradGuard guard;
        const int64_t first = block * BLOCK;
        body(block, first, std::min(BLOCK, rows - first));
    });
}

struct SharedLinear : Function<SharedLinear> {
    static at::Tensor forward(AutogradContext *ctx, const at::Tensor &x, const at::Tensor &weight,
                              const std::optional<at::Tensor> &bias) {
        ctx->save_for_backward({x, weight});
        ctx->saved_data["has_bias"] = bias.has_value();
        auto out = at::empty({x.size(0), weight.size(0)}, x.options());
        over_blocks(x.size(0), [&](int64_t, int64_t first, int64_t count) {
            out.narrow(0, first, count).copy_(at::linear(x.narrow(0, first, count), weight, bias));
        });
        return out;
    }

    static variable_list backward(AutogradContext *ctx, const variable_list &upstream) {
        const auto saved = ctx->get_saved_variables();
        const auto &x = saved[0], &weight = saved[1];
        const auto slopes = upstream[0].contiguous();
        const int64_t rows = x.size(0);
        at::Tensor x_gradient;
        if (ctx->needs_input_grad(0)) x_gradient = at::empty({rows, x.size(1)}, x.options());
        std::vector<at::Tensor> parts(size_t((rows + BLOCK - 1) / BLOCK));
        const bool needs_weight = ctx->needs_input_grad(1);
        over_blocks(rows, [&](int64_t block, int64_t first, int64_t count) {
            const auto own = slopes.narrow(0, first, count);
            if (x_gradient.defined()) {
                auto into = x_gradient.narrow(0, first, count);
                at::mm_out(into, own, weight);
            }
            if (needs_weight) parts[size_t(block)] = at::mm(own.t(), x.narrow(0, first, count));
        });
        for (size_t block = 1; needs_weight && block < parts.size(); block++) parts[0].add_(parts[block]);
        const bool has_bias = ctx->saved_data["has_bias"].toBool();
        return {x_gradient, needs_weight ? parts[0] : at::Tensor(), has_bias ? slopes.sum(0) : at::Tensor()};
    }
};

}  // namespace

bool takes_shared_linear(const at::Tensor &x, const at::Tensor &weight) {
    return get_own_threads() > 0 && at::get_num_threads() == 1 && is_native(x) && x.dim() == 2 && x.size(0) > BLOCK &&
           x.scalar_type() == at::kFloat && weight.scalar_type() == at::kFloat && weight.dim() == 2;
}

at::Tensor shared_linear(const at::Tensor &x, const at::Tensor &weight, const std::optional<at::Tensor> &bias) {
    // Before the threads: an exception of theirs would end the process.
    TORCH_CHECK(x.size(1) == weight.size(1) && (!bias || bias->numel() == weight.size(0)), "a linear layer with weights ",
                weight.sizes(), " cannot take ", x.sizes());
    return SharedLinear::apply(x.contiguous(), weight, bias);
}

}  // namespace taiji
