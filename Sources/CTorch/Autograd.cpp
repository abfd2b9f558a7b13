#include <ATen/ops/_fused_adamw.h>

#include "Handles.h"

using namespace taiji;

int ct_require_grad(ct_tensor tensor, bool required) {
    return guard([&] { see(tensor).requires_grad_(required); });
}

bool ct_requires_grad(ct_tensor tensor) { return see(tensor).requires_grad(); }

int ct_backward(ct_tensor loss, bool retain_graph) {
    return guard([&] { see(loss).backward({}, retain_graph); });
}

int ct_backward_from(ct_tensor tensor, ct_tensor gradient, bool retain_graph) {
    return guard([&] { see(tensor).backward(see(gradient), retain_graph); });
}

int ct_backward_to(ct_tensor tensor, ct_tensor gradient, const ct_tensor *inputs, int count, bool retain_graph) {
    return guard([&] {
        const auto leaves = see_all(inputs, count);
        see(tensor).backward(see(gradient), retain_graph, /*create_graph=*/false, at::TensorList(leaves));
    });
}

int ct_grad(ct_tensor tensor, ct_tensor *out) {
    return guard([&] {
        if (see(tensor).grad().defined()) give(out, at::Tensor(see(tensor).grad()));
    });
}

int ct_set_grad(ct_tensor tensor, ct_tensor grad) {
    return guard([&] { see(tensor).mutable_grad() = grad ? see(grad) : at::Tensor(); });
}

int ct_copy_(ct_tensor destination, ct_tensor source) {
    return guard([&] { see(destination).copy_(see(source)); });
}

int ct_add_(ct_tensor destination, ct_tensor source, double scale) {
    return guard([&] { see(destination).add_(see(source), scale); });
}

int ct_mul_scalar_(ct_tensor destination, double scale) {
    return guard([&] { see(destination).mul_(scale); });
}

int ct_fused_adamw_(const ct_tensor *parameters, const ct_tensor *gradients, const ct_tensor *first_moments,
                    const ct_tensor *second_moments, const ct_tensor *steps, int count, double learning_rate,
                    double beta1, double beta2, double weight_decay, double epsilon) {
    return guard([&] {
        at::_fused_adamw_(see_all(parameters, count), see_all(gradients, count), see_all(first_moments, count),
                          see_all(second_moments, count), {}, see_all(steps, count), learning_rate, beta1, beta2,
                          weight_decay, epsilon, /*amsgrad=*/false, /*maximize=*/false);
    });
}
