// Rows of a table with their gradient: libtorch adds every row to it by a tensor operation of its own.
#include <torch/csrc/autograd/custom_function.h>

#include <ATen/ops/embedding.h>

#include "Devices.h"
#include "Handles.h"
#include "Kernels/TableRows.h"

using namespace taiji;
using torch::autograd::AutogradContext;
using torch::autograd::Function;
using torch::autograd::variable_list;

namespace {

struct EmbeddingRows : Function<EmbeddingRows> {
    static at::Tensor forward(AutogradContext *ctx, const at::Tensor &table, const at::Tensor &indices) {
        ctx->save_for_backward({indices});
        ctx->saved_data["rows"] = table.size(0);
        return take_rows(table, indices);
    }

    static variable_list backward(AutogradContext *ctx, const variable_list &upstream) {
        const auto indices = ctx->get_saved_variables()[0];
        return {sum_rows(upstream[0].contiguous(), indices, ctx->saved_data["rows"].toInt()), {}};
    }
};

}  // namespace

int ct_embedding(ct_tensor weight, ct_tensor indices, ct_tensor *out) {
    return produce(out, [&] {
        const auto &table = see(weight), &places = see(indices);
        const bool has_kernel = is_native(table) && is_native(places) && table.scalar_type() == at::kFloat &&
                                table.is_contiguous() &&
                                (places.scalar_type() == at::kInt || places.scalar_type() == at::kLong);
        return has_kernel ? EmbeddingRows::apply(table, places.contiguous()) : at::embedding(table, places);
    });
}

int ct_adam_rows_(ct_tensor table, ct_tensor first_moments, ct_tensor second_moments, ct_tensor rows, ct_tensor gradient,
                  const ct_row_adam *step) {
    return guard([&] {
        adam_rows(see(table), see(first_moments), see(second_moments), see(rows).contiguous(),
                  see(gradient).contiguous(), *step);
    });
}
