// The decoder's operations with their gradients: what is saved for the backward pass is chosen here, not by composition.
#include <torch/csrc/autograd/custom_function.h>

#include "Compositions.h"
#include "Devices.h"
#include "Kernels/EightBit.h"
#include "Kernels/PackedAttention.h"
#include "Products.h"

using namespace taiji;
using torch::autograd::AutogradContext;
using torch::autograd::Function;
using torch::autograd::variable_list;

namespace {

/// yᵢ = n Wᵢᵀ + bᵢ with n = RMSNorm(x), or x itself without a norm weight. Saves x, not n.
struct NormedLinears : Function<NormedLinears> {
    /// `biases` holds those that there are; bit i of `bias_mask` says whether map i has one.
    static variable_list forward(AutogradContext *ctx, const at::Tensor &x, const std::optional<at::Tensor> &norm,
                                 double epsilon, int64_t product_type, at::TensorList weights, at::TensorList biases,
                                 int64_t bias_mask) {
        variable_list saved{x, norm.value_or(at::Tensor())};
        saved.insert(saved.end(), weights.begin(), weights.end());
        ctx->save_for_backward(saved);
        ctx->saved_data["epsilon"] = epsilon;
        ctx->saved_data["product_type"] = product_type;
        ctx->saved_data["bias_mask"] = bias_mask;
        const auto n = norm ? normalize(x, *norm, epsilon) : x;
        const bool is_narrow = decode(product_type) && *decode(product_type) != x.scalar_type();
        const auto narrow = is_narrow ? narrowed(n, decode(product_type)) : n;
        variable_list out;
        for (size_t i = 0, next = 0; i < weights.size(); i++) {
            const auto bias = bias_mask >> i & 1 ? biases[next++] : at::Tensor();
            out.push_back(is_narrow ? project_narrow(narrow, weights[i], bias, x.scalar_type())
                                    : project(n, weights[i], bias, decode(product_type)));
        }
        return out;
    }

    static variable_list backward(AutogradContext *ctx, const variable_list &upstream) {
        const auto saved = ctx->get_saved_variables();
        const auto &x = saved[0], &norm = saved[1];
        const double epsilon = ctx->saved_data["epsilon"].toDouble();
        const auto product_type = decode(ctx->saved_data["product_type"].toInt());
        const int64_t bias_mask = ctx->saved_data["bias_mask"].toInt();
        const size_t count = saved.size() - 2;
        const auto type = x.scalar_type();
        const auto n = narrowed(norm.defined() ? normalize(x, norm, epsilon) : x, product_type);
        const bool needs_input = ctx->needs_input_grad(0) || (norm.defined() && norm.requires_grad());
        at::Tensor n_gradient;
        variable_list weight_gradients(count), bias_gradients;
        for (size_t i = 0; i < count; i++) {
            const bool has_bias = bias_mask >> i & 1;
            if (has_bias) bias_gradients.push_back(upstream[i].defined() ? upstream[i].sum(0) : at::Tensor());
            if (!upstream[i].defined()) continue;
            const auto &weight = saved[2 + i];
            const auto slopes = narrowed(upstream[i], product_type);
            if (weight.requires_grad()) weight_gradients[i] = weight_gradient(slopes, n, product_type, type);
            if (!needs_input) continue;
            if (n_gradient.defined() && !product_type && weight.scalar_type() == at::kFloat) {
                n_gradient.addmm_(slopes, weight);
            } else if (n_gradient.defined()) {
                n_gradient.add_(input_gradient(slopes, weight, product_type, type));
            } else {
                n_gradient = input_gradient(slopes, weight, product_type, type);
            }
        }
        at::Tensor x_gradient, norm_gradient;
        if (needs_input && n_gradient.defined()) {
            if (norm.defined()) {
                std::tie(x_gradient, norm_gradient) = normalize_backward(n_gradient, x, norm, epsilon);
            } else {
                x_gradient = n_gradient;
            }
        }
        variable_list out{x_gradient, norm_gradient, {}, {}};
        out.insert(out.end(), weight_gradients.begin(), weight_gradients.end());
        out.insert(out.end(), bias_gradients.begin(), bias_gradients.end());
        out.emplace_back();
        return out;
    }
};

/// RMSNorm over the last axis.
struct Norm : Function<Norm> {
    static at::Tensor forward(AutogradContext *ctx, const at::Tensor &x, const at::Tensor &weight, double epsilon) {
        ctx->save_for_backward({x, weight});
        ctx->saved_data["epsilon"] = epsilon;
        return normalize(x, weight, epsilon);
    }

    static variable_list backward(AutogradContext *ctx, const variable_list &upstream) {
        const auto saved = ctx->get_saved_variables();
        const auto [x, weight] =
            normalize_backward(upstream[0], saved[0], saved[1], ctx->saved_data["epsilon"].toDouble());
        return {x, weight, {}};
    }
};

/// (silu(gate) · up) Wᵀ. Saves gate and up, not their product.
struct GatedLinear : Function<GatedLinear> {
    static at::Tensor forward(AutogradContext *ctx, const at::Tensor &gate, const at::Tensor &up,
                              const at::Tensor &weight, int64_t product_type) {
        ctx->save_for_backward({gate, up, weight});
        ctx->saved_data["product_type"] = product_type;
        return project(taiji::gate(gate, up), weight, {}, decode(product_type));
    }

    static variable_list backward(AutogradContext *ctx, const variable_list &upstream) {
        const auto saved = ctx->get_saved_variables();
        const auto &gate = saved[0], &up = saved[1], &weight = saved[2];
        const auto product_type = decode(ctx->saved_data["product_type"].toInt());
        const auto type = upstream[0].scalar_type();
        const auto slopes = narrowed(upstream[0], product_type);
        at::Tensor weight_slope;
        if (weight.requires_grad()) weight_slope = weight_gradient(slopes, taiji::gate(gate, up), product_type, type);
        const auto [gate_slope, up_slope] = gate_backward(input_gradient(slopes, weight, product_type, type), gate, up);
        return {gate_slope, up_slope, weight_slope, {}};
    }
};

/// silu(gate) · up by itself, for layers with adapters.
struct Gate : Function<Gate> {
    static at::Tensor forward(AutogradContext *ctx, const at::Tensor &gate, const at::Tensor &up) {
        ctx->save_for_backward({gate, up});
        return taiji::gate(gate, up);
    }

    static variable_list backward(AutogradContext *ctx, const variable_list &upstream) {
        const auto saved = ctx->get_saved_variables();
        const auto [gate, up] = gate_backward(upstream[0], saved[0], saved[1]);
        return {gate, up};
    }
};

struct Rotate : Function<Rotate> {
    static at::Tensor forward(AutogradContext *ctx, const at::Tensor &x, const at::Tensor &cosine,
                              const at::Tensor &sine) {
        ctx->save_for_backward({cosine, sine});
        return rotate(x, cosine, sine, 1);
    }

    static variable_list backward(AutogradContext *ctx, const variable_list &upstream) {
        const auto saved = ctx->get_saved_variables();
        return {rotate(upstream[0], saved[0], saved[1], -1), {}, {}};
    }
};

struct PackedAttention : Function<PackedAttention> {
    static at::Tensor forward(AutogradContext *ctx, const at::Tensor &queries, const at::Tensor &keys,
                              const at::Tensor &values, const at::Tensor &segments) {
        auto [mixed, normalizers] = packed_attention(queries, keys, values, segments);
        ctx->save_for_backward({queries, keys, values, mixed, normalizers, segments});
        return mixed;
    }

    static variable_list backward(AutogradContext *ctx, const variable_list &upstream) {
        const auto s = ctx->get_saved_variables();
        auto [queries, keys, values] =
            packed_attention_backward(upstream[0].contiguous(), s[0], s[1], s[2], s[3], s[4], s[5]);
        return {queries, keys, values, {}};
    }
};

}  // namespace

int ct_rms_norm(ct_tensor x, ct_tensor weight, double epsilon, ct_tensor *out) {
    return produce(out, [&] { return Norm::apply(see(x).contiguous(), see(weight), epsilon); });
}

int ct_normed_linears(ct_tensor x, ct_tensor norm, double epsilon, int product_type, const ct_tensor *weights,
                      const ct_tensor *biases, int count, ct_tensor *out) {
    return guard([&] {
        std::vector<at::Tensor> offsets;
        int64_t mask = 0;
        for (int i = 0; i < count; i++) {
            if (!biases[i]) continue;
            offsets.push_back(see(biases[i]));
            mask |= int64_t(1) << i;
        }
        const auto all = see_all(weights, count);
        auto results = NormedLinears::apply(see(x).contiguous(), norm ? std::optional(see(norm)) : std::nullopt, epsilon,
                                            code(product_type_of(product_type)), at::TensorList(all), at::TensorList(offsets),
                                            mask);
        for (int i = 0; i < count; i++) give(out + i, std::move(results[size_t(i)]));
    });
}

int ct_gated_linear(ct_tensor gate, ct_tensor up, ct_tensor weight, int product_type, ct_tensor *out) {
    return produce(out, [&] {
        return GatedLinear::apply(see(gate), see(up), see(weight), code(product_type_of(product_type)));
    });
}

int ct_eight_bit(ct_tensor weight, ct_tensor *out) {
    return produce(out, [&] { return eight_bit_weight(see(weight).detach()); });
}

int ct_gate(ct_tensor gate, ct_tensor up, ct_tensor *out) {
    return produce(out, [&] { return Gate::apply(see(gate), see(up)); });
}

int ct_rotate(ct_tensor x, ct_tensor cosine, ct_tensor sine, ct_tensor *out) {
    return produce(out, [&] { return Rotate::apply(see(x), see(cosine), see(sine)); });
}

int ct_packed_attention(ct_tensor queries, ct_tensor keys, ct_tensor values, ct_tensor segments, int product_type,
                        ct_tensor *out) {
    return produce(out, [&] {
        if (!is_native(see(queries))) {
            return composed::packed_attention(see(queries), see(keys), see(values), see(segments),
                                              product_type_of(product_type));
        }
        return PackedAttention::apply(see(queries).contiguous(), see(keys).contiguous(), see(values).contiguous(),
                                      see(segments));
    });
}
