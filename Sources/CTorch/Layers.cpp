#include <ATen/ops/binary_cross_entropy_with_logits.h>
#include <ATen/ops/layer_norm.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/log_softmax.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/scaled_dot_product_attention.h>
#include <ATen/ops/softmax.h>

#include "Handles.h"
#include "SharedLinear.h"

using namespace taiji;

static std::optional<at::Tensor> see_optional(ct_tensor handle) {
    return handle ? std::optional<at::Tensor>(see(handle)) : std::nullopt;
}

int ct_matmul(ct_tensor a, ct_tensor b, ct_tensor *out) {
    return produce(out, [&] { return at::matmul(see(a), see(b)); });
}

int ct_linear(ct_tensor x, ct_tensor weight, ct_tensor bias, ct_tensor *out) {
    return produce(out, [&] {
        if (takes_shared_linear(see(x), see(weight))) return shared_linear(see(x), see(weight), see_optional(bias));
        return at::linear(see(x), see(weight), see_optional(bias));
    });
}

int ct_softmax(ct_tensor a, int64_t axis, ct_tensor *out) {
    return produce(out, [&] { return at::softmax(see(a), axis); });
}

int ct_log_softmax(ct_tensor a, int64_t axis, ct_tensor *out) {
    return produce(out, [&] { return at::log_softmax(see(a), axis); });
}

int ct_layer_norm(ct_tensor x, ct_tensor weight, ct_tensor bias, double epsilon, ct_tensor *out) {
    return produce(out, [&] { return at::layer_norm(see(x), see(weight).sizes(), see(weight), see(bias), epsilon); });
}

int ct_attention(ct_tensor queries, ct_tensor keys, ct_tensor values, ct_tensor mask, bool causal, ct_tensor *out) {
    return produce(out, [&] {
        const bool grouped = see(queries).size(1) != see(keys).size(1);
        return at::scaled_dot_product_attention(see(queries), see(keys), see(values), see_optional(mask), 0.0, causal,
                                                std::nullopt, grouped);
    });
}

int ct_bce_with_logits(ct_tensor logits, ct_tensor targets, ct_tensor *out) {
    return produce(out, [&] { return at::binary_cross_entropy_with_logits(see(logits), see(targets)); });
}
