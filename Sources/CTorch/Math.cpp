#include <ATen/ops/add.h>
#include <ATen/ops/argmax.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/clamp.h>
#include <ATen/ops/div.h>
#include <ATen/ops/dot.h>
#include <ATen/ops/exp.h>
#include <ATen/ops/gelu.h>
#include <ATen/ops/linalg_vector_norm.h>
#include <ATen/ops/log.h>
#include <ATen/ops/log_sigmoid.h>
#include <ATen/ops/logsumexp.h>
#include <ATen/ops/mean.h>
#include <ATen/ops/minimum.h>
#include <ATen/ops/mul.h>
#include <ATen/ops/neg.h>
#include <ATen/ops/relu.h>
#include <ATen/ops/sigmoid.h>
#include <ATen/ops/silu.h>
#include <ATen/ops/sqrt.h>
#include <ATen/ops/square.h>
#include <ATen/ops/sum.h>

#include "Handles.h"

using namespace taiji;

int ct_add(ct_tensor a, ct_tensor b, double scale, ct_tensor *out) {
    return produce(out, [&] { return at::add(see(a), see(b), scale); });
}

int ct_mul(ct_tensor a, ct_tensor b, ct_tensor *out) {
    return produce(out, [&] { return at::mul(see(a), see(b)); });
}

int ct_div(ct_tensor a, ct_tensor b, ct_tensor *out) {
    return produce(out, [&] { return at::div(see(a), see(b)); });
}

int ct_add_scalar(ct_tensor a, double b, ct_tensor *out) {
    return produce(out, [&] { return at::add(see(a), b); });
}

int ct_mul_scalar(ct_tensor a, double b, ct_tensor *out) {
    return produce(out, [&] { return at::mul(see(a), b); });
}

int ct_clamp(ct_tensor a, double low, double high, ct_tensor *out) {
    return produce(out, [&] { return at::clamp(see(a), low, high); });
}

int ct_exp(ct_tensor a, ct_tensor *out) {
    return produce(out, [&] { return at::exp(see(a)); });
}

int ct_log(ct_tensor a, ct_tensor *out) {
    return produce(out, [&] { return at::log(see(a)); });
}

int ct_sqrt(ct_tensor a, ct_tensor *out) {
    return produce(out, [&] { return at::sqrt(see(a)); });
}

int ct_sigmoid(ct_tensor a, ct_tensor *out) {
    return produce(out, [&] { return at::sigmoid(see(a)); });
}

int ct_relu(ct_tensor a, ct_tensor *out) {
    return produce(out, [&] { return at::relu(see(a)); });
}

int ct_silu(ct_tensor a, ct_tensor *out) {
    return produce(out, [&] { return at::silu(see(a)); });
}

int ct_gelu(ct_tensor a, ct_tensor *out) {
    return produce(out, [&] { return at::gelu(see(a)); });
}

int ct_sum(ct_tensor a, ct_tensor *out) {
    return produce(out, [&] { return at::sum(see(a)); });
}

int ct_sum_axis(ct_tensor a, int64_t axis, bool keep, ct_tensor *out) {
    return produce(out, [&] { return at::sum(see(a), {axis}, keep); });
}

int ct_mean(ct_tensor a, ct_tensor *out) {
    return produce(out, [&] { return at::mean(see(a)); });
}

int ct_norm_axis(ct_tensor a, int64_t axis, bool keep, ct_tensor *out) {
    return produce(out, [&] { return at::linalg_vector_norm(see(a), 2, {axis}, keep); });
}

int ct_argmax(ct_tensor a, int64_t axis, ct_tensor *out) {
    return produce(out, [&] { return at::argmax(see(a), axis); });
}

int ct_logsumexp(ct_tensor a, int64_t axis, ct_tensor *out) {
    return produce(out, [&] { return at::logsumexp(see(a), {axis}); });
}

int ct_dot(ct_tensor a, ct_tensor b, ct_tensor *out) {
    return produce(out, [&] { return at::dot(see(a), see(b)); });
}
