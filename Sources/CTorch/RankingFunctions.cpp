// The ranker's operations with gradients of our own.
#include <torch/csrc/autograd/custom_function.h>

#include <ATen/ops/matmul.h>

#include "Devices.h"
#include "Handles.h"
#include "Kernels/ActivationUnit.h"
#include "Kernels/SharedActivation.h"

using namespace taiji;
using torch::autograd::AutogradContext;
using torch::autograd::Function;
using torch::autograd::variable_list;

namespace {

struct ActivationUnitFunction : Function<ActivationUnitFunction> {
    static ActivationUnit unit(const variable_list &s) {
        return {.queries = s[0], .sequences = s[1], .mask = s[2], .offsets = s[3], .behavior = s[4],
                .product = s[5], .slope = s[6], .output = s[7], .bias = s[8]};
    }

    static at::Tensor forward(AutogradContext *ctx, at::TensorList inputs) {
        const auto unit = ActivationUnitFunction::unit(inputs.vec());
        unit.check();
        ctx->save_for_backward(inputs.vec());
        return unit.forward();
    }

    static variable_list backward(AutogradContext *ctx, const variable_list &upstream) {
        return unit(ctx->get_saved_variables()).backward(upstream[0].contiguous());
    }
};

/// The same as a composition of ATen calls: for other devices and element types.
at::Tensor composed_unit(const std::vector<at::Tensor> &s) {
    const auto matrices = s[0].unsqueeze(2).mul(s[5]).add(s[4]);             // [B, D, H]
    const auto x = at::matmul(s[1], matrices).add(s[3].unsqueeze(1));           // [B, L, H]
    const auto activated = x.clamp_min(0).add(x.clamp_max(0).mul(s[6]));
    const auto weights = activated.mul(s[7].view(-1)).sum(2).add(s[8]).mul(s[2]);  // [B, L]
    return at::matmul(weights.unsqueeze(1), s[1]).squeeze(1);
}

}  // namespace

int ct_activation_unit(const ct_tensor *inputs, ct_tensor *out) {
    return produce(out, [&] {
        auto all = see_all(inputs, 9);
        if (!is_native(all[1]) || all[1].scalar_type() != at::kFloat) return composed_unit(all);
        for (auto &tensor : all) tensor = tensor.contiguous();
        return ActivationUnitFunction::apply(at::TensorList(all));
    });
}

int ct_shared_activation(const ct_tensor *inputs, ct_tensor *out) {
    return produce(out, [&] {
        auto all = see_all(inputs, 9);
        for (auto &tensor : all) tensor = tensor.contiguous();
        const SharedActivation unit{.candidates = all[0], .behaviors = all[1], .table = all[2], .offsets = all[3],
                                    .base = all[4], .product = all[5], .slope = all[6], .output = all[7], .bias = all[8]};
        unit.check();
        return unit.weights();
    });
}
