// The decoder's operations with their gradients: what is saved for the backward pass is chosen here, not by composition.
#include <torch/csrc/autograd/custom_function.h>

#include <ATen/ops/addmm.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/mm.h>
#include <ATen/ops/rms_norm.h>
#include <ATen/ops/zeros.h>
#include <ATen/ops/zeros_like.h>

#include "Handles.h"
#include "Kernels/PackedAttention.h"
#include "Kernels/Rows.h"

using namespace taiji;
using torch::autograd::AutogradContext;
using torch::autograd::Function;
using torch::autograd::variable_list;

namespace {

using Compute = std::optional<at::ScalarType>;

Compute compute_type(int type) {
    return type < 0 ? std::nullopt : Compute(scalar_type(ct_dtype(type)));
}

int64_t code(Compute compute) { return compute ? int64_t(*compute) : -1; }
Compute decode(int64_t code) { return code < 0 ? std::nullopt : Compute(at::ScalarType(code)); }

/// dY · W, the gradient of the input of a projection.
at::Tensor input_gradient(const at::Tensor &upstream, const at::Tensor &weight, Compute compute) {
    const auto type = upstream.scalar_type();
    if (compute && *compute != type) return at::mm(upstream.to(*compute), weight.to(*compute)).to(type);
    if (weight.scalar_type() == type) return at::mm(upstream, weight);
    auto sum = at::zeros({upstream.size(0), weight.size(1)}, upstream.options());
    over_widened(weight, type, [&](int64_t first, const at::Tensor &block) {
        sum.addmm_(upstream.slice(1, first, first + block.size(0)), block);
    });
    return sum;
}

/// dYᵀ · X, the gradient of the weight.
at::Tensor weight_gradient(const at::Tensor &upstream, const at::Tensor &x, Compute compute) {
    const auto type = compute.value_or(upstream.scalar_type());
    return at::mm(upstream.t().to(type), x.to(type)).to(upstream.scalar_type());
}

/// yᵢ = n Wᵢᵀ + bᵢ with n = RMSNorm(x), or x itself without a norm weight. Saves x, not n.
struct NormedLinears : Function<NormedLinears> {
    /// `biases` holds those that there are; bit i of `bias_mask` says whether map i has one.
    static variable_list forward(AutogradContext *ctx, const at::Tensor &x, const std::optional<at::Tensor> &norm,
                                 double epsilon, int64_t compute, at::TensorList weights, at::TensorList biases,
                                 int64_t bias_mask) {
        variable_list saved{x, norm.value_or(at::Tensor())};
        saved.insert(saved.end(), weights.begin(), weights.end());
        ctx->save_for_backward(saved);
        ctx->saved_data["epsilon"] = epsilon;
        ctx->saved_data["compute"] = compute;
        ctx->saved_data["bias_mask"] = bias_mask;
        const auto n = norm ? normalize(x, *norm, epsilon) : x;
        variable_list out;
        for (size_t i = 0, next = 0; i < weights.size(); i++) {
            const auto bias = bias_mask >> i & 1 ? biases[next++] : at::Tensor();
            out.push_back(project(n, weights[i], bias, decode(compute)));
        }
        return out;
    }

    static variable_list backward(AutogradContext *ctx, const variable_list &upstream) {
        const auto saved = ctx->get_saved_variables();
        const auto &x = saved[0], &norm = saved[1];
        const double epsilon = ctx->saved_data["epsilon"].toDouble();
        const auto compute = decode(ctx->saved_data["compute"].toInt());
        const int64_t bias_mask = ctx->saved_data["bias_mask"].toInt();
        const size_t count = saved.size() - 2;
        const auto n = norm.defined() ? normalize(x, norm, epsilon) : x;
        const bool needs_input = ctx->needs_input_grad(0) || (norm.defined() && norm.requires_grad());
        at::Tensor n_gradient;
        variable_list weight_gradients(count), bias_gradients;
        for (size_t i = 0; i < count; i++) {
            const bool has_bias = bias_mask >> i & 1;
            if (has_bias) bias_gradients.push_back(upstream[i].defined() ? upstream[i].sum(0) : at::Tensor());
            if (!upstream[i].defined()) continue;
            const auto &weight = saved[2 + i];
            if (weight.requires_grad()) weight_gradients[i] = weight_gradient(upstream[i], n, compute);
            if (!needs_input) continue;
            if (n_gradient.defined() && !compute && weight.scalar_type() == at::kFloat) {
                n_gradient.addmm_(upstream[i], weight);
            } else if (n_gradient.defined()) {
                n_gradient.add_(input_gradient(upstream[i], weight, compute));
            } else {
                n_gradient = input_gradient(upstream[i], weight, compute);
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
                              const at::Tensor &weight, int64_t compute) {
        ctx->save_for_backward({gate, up, weight});
        ctx->saved_data["compute"] = compute;
        return project(taiji::gate(gate, up), weight, {}, decode(compute));
    }

    static variable_list backward(AutogradContext *ctx, const variable_list &upstream) {
        const auto saved = ctx->get_saved_variables();
        const auto &gate = saved[0], &up = saved[1], &weight = saved[2];
        const auto compute = decode(ctx->saved_data["compute"].toInt());
        at::Tensor weight_slope;
        if (weight.requires_grad()) weight_slope = weight_gradient(upstream[0], taiji::gate(gate, up), compute);
        const auto [gate_slope, up_slope] = gate_backward(input_gradient(upstream[0], weight, compute), gate, up);
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

/// Rows of scores in memory at a time: about 48 MiB of them.
int64_t chunk_rows(const at::Tensor &head) { return std::max<int64_t>(16, (int64_t(12) << 20) / head.size(0)); }

/// Calls body(scores [c, V], hidden [c, D], first row) for chunks of rows.
template <class Body>
void over_chunks(const at::Tensor &hidden, const at::Tensor &head, int64_t compute, Body &&body) {
    const int64_t rows = hidden.size(0), step = std::min(rows, chunk_rows(head));
    const bool is_plain = head.scalar_type() == hidden.scalar_type() && !decode(compute);
    at::Tensor buffer;  // one for all chunks
    if (is_plain) buffer = at::empty({step, head.size(0)}, hidden.options());
    for (int64_t first = 0; first < rows; first += step) {
        const auto part = hidden.slice(0, first, std::min(rows, first + step));
        at::Tensor scores = is_plain ? buffer.slice(0, 0, part.size(0)) : project(part, head, {}, decode(compute));
        if (is_plain) at::mm_out(scores, part, head.t());
        body(scores, part, first);
    }
}

void check_targets(const at::Tensor &hidden, const at::Tensor &head, const at::Tensor &targets) {
    TORCH_CHECK(hidden.dim() == 2 && targets.dim() == 1 && targets.size(0) == hidden.size(0) &&
                    targets.scalar_type() == at::kLong && targets.is_contiguous(),
                "log-likelihoods of ", hidden.sizes(), " need as many int64 targets, found ", targets.sizes());
    const auto *target = targets.const_data_ptr<int64_t>();
    for (int64_t t = 0; t < targets.size(0); t++) {
        TORCH_CHECK(target[t] >= 0 && target[t] < head.size(0), "target ", target[t], " is not among ", head.size(0));
    }
}

/// log P(target) of each row of log-softmax(hidden Wᵀ), a chunk of rows at a time.
void chunk_likelihoods(const at::Tensor &scores, const at::Tensor &normalizers, const at::Tensor &targets,
                       int64_t first, at::Tensor &values) {
    const auto *score = scores.const_data_ptr<float>(), *normalizer = normalizers.const_data_ptr<float>();
    const auto *target = targets.const_data_ptr<int64_t>();
    auto *value = values.data_ptr<float>();
    for (int64_t r = 0; r < scores.size(0); r++) {
        value[first + r] = score[r * scores.size(1) + target[first + r]] - normalizer[r];
    }
}

/// Gradients of one chunk, added to `head_gradient` when it is defined.
void chunk_gradients(at::Tensor &slopes, const at::Tensor &part, const at::Tensor &head, int64_t compute, int64_t first,
                     at::Tensor &hidden_gradient, at::Tensor &head_gradient) {
    hidden_gradient.slice(0, first, first + part.size(0)).copy_(input_gradient(slopes, head, decode(compute)));
    if (!head_gradient.defined()) return;
    if (decode(compute)) {
        head_gradient.add_(weight_gradient(slopes, part, decode(compute)));
    } else {
        head_gradient.addmm_(slopes.t(), part);
    }
}

struct LogLikelihoods : Function<LogLikelihoods> {
    static at::Tensor forward(AutogradContext *ctx, const at::Tensor &hidden, const at::Tensor &head,
                              const at::Tensor &targets, int64_t compute) {
        check_targets(hidden, head, targets);
        auto values = at::empty({hidden.size(0)}, hidden.options()), normalizers = at::empty_like(values);
        over_chunks(hidden, head, compute, [&](at::Tensor &scores, const at::Tensor &part, int64_t first) {
            const auto rows = log_normalizers(scores);
            normalizers.slice(0, first, first + part.size(0)).copy_(rows);
            chunk_likelihoods(scores, rows, targets, first, values);
        });
        ctx->save_for_backward({hidden, head, targets, normalizers});
        ctx->saved_data["compute"] = compute;
        return values;
    }

    static variable_list backward(AutogradContext *ctx, const variable_list &upstream) {
        const auto saved = ctx->get_saved_variables();
        const auto &hidden = saved[0], &head = saved[1], &targets = saved[2], &normalizers = saved[3];
        const int64_t compute = ctx->saved_data["compute"].toInt();
        const auto factors = upstream[0].contiguous();
        auto hidden_gradient = at::empty_like(hidden);
        at::Tensor head_gradient;
        if (head.requires_grad()) head_gradient = at::zeros_like(head);
        over_chunks(hidden, head, compute, [&](at::Tensor &scores, const at::Tensor &part, int64_t first) {
            const int64_t end = first + part.size(0);
            likelihood_slopes(scores, normalizers.slice(0, first, end), targets.slice(0, first, end),
                              factors.slice(0, first, end));
            chunk_gradients(scores, part, head, compute, first, hidden_gradient, head_gradient);
        });
        return {hidden_gradient, head_gradient, {}, {}};
    }
};

/// Σ factors · log P(target), its gradient computed with the same scores as its value.
struct WeightedLogLikelihood : Function<WeightedLogLikelihood> {
    static variable_list forward(AutogradContext *ctx, const at::Tensor &hidden, const at::Tensor &head,
                                 const at::Tensor &targets, const at::Tensor &factors, int64_t compute,
                                 bool needs_gradient) {
        check_targets(hidden, head, targets);
        auto values = at::empty({hidden.size(0)}, hidden.options());
        at::Tensor hidden_gradient, head_gradient;
        if (needs_gradient) hidden_gradient = at::empty_like(hidden);
        if (needs_gradient && head.requires_grad()) head_gradient = at::zeros_like(head);
        over_chunks(hidden, head, compute, [&](at::Tensor &scores, const at::Tensor &part, int64_t first) {
            const auto normalizers = log_normalizers(scores);
            chunk_likelihoods(scores, normalizers, targets, first, values);
            if (!needs_gradient) return;
            const int64_t end = first + part.size(0);
            likelihood_slopes(scores, normalizers, targets.slice(0, first, end), factors.slice(0, first, end));
            chunk_gradients(scores, part, head, compute, first, hidden_gradient, head_gradient);
        });
        ctx->save_for_backward({hidden_gradient, head_gradient});
        ctx->mark_non_differentiable({values});
        return {values.dot(factors), values};
    }

    static variable_list backward(AutogradContext *ctx, const variable_list &upstream) {
        const auto saved = ctx->get_saved_variables();
        const double factor = upstream[0].item<double>();
        const auto scaled = [&](const at::Tensor &gradient) {
            return !gradient.defined() || factor == 1 ? gradient : gradient.mul(factor);
        };
        return {scaled(saved[0]), scaled(saved[1]), {}, {}, {}, {}};
    }
};

}  // namespace

int ct_rms_norm(ct_tensor x, ct_tensor weight, double epsilon, ct_tensor *out) {
    return produce(out, [&] {
        if (see(x).scalar_type() != at::kFloat) return at::rms_norm(see(x), see(weight).sizes(), see(weight), epsilon);
        return Norm::apply(see(x).contiguous(), see(weight), epsilon);
    });
}

int ct_normed_linears(ct_tensor x, ct_tensor norm, double epsilon, int compute, const ct_tensor *weights,
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
                                            code(compute_type(compute)), at::TensorList(all), at::TensorList(offsets),
                                            mask);
        for (int i = 0; i < count; i++) give(out + i, std::move(results[size_t(i)]));
    });
}

int ct_gated_linear(ct_tensor gate, ct_tensor up, ct_tensor weight, int compute, ct_tensor *out) {
    return produce(out, [&] {
        return GatedLinear::apply(see(gate), see(up), see(weight), code(compute_type(compute)));
    });
}

int ct_gate(ct_tensor gate, ct_tensor up, ct_tensor *out) {
    return produce(out, [&] { return Gate::apply(see(gate), see(up)); });
}

int ct_rotate(ct_tensor x, ct_tensor cosine, ct_tensor sine, ct_tensor *out) {
    return produce(out, [&] { return Rotate::apply(see(x), see(cosine), see(sine)); });
}

int ct_packed_attention(ct_tensor queries, ct_tensor keys, ct_tensor values, ct_tensor segments, ct_tensor *out) {
    return produce(out, [&] {
        return PackedAttention::apply(see(queries).contiguous(), see(keys).contiguous(), see(values).contiguous(),
                                      see(segments));
    });
}

int ct_log_likelihoods(ct_tensor hidden, ct_tensor head, ct_tensor targets, int compute, ct_tensor *out) {
    return produce(out, [&] {
        return LogLikelihoods::apply(see(hidden).contiguous(), see(head), see(targets), code(compute_type(compute)));
    });
}

int ct_weighted_log_likelihood(ct_tensor hidden, ct_tensor head, ct_tensor targets, ct_tensor factors, int compute,
                               ct_tensor *sum, ct_tensor *values) {
    return guard([&] {
        const bool needs = at::GradMode::is_enabled() && (see(hidden).requires_grad() || see(head).requires_grad());
        auto results = WeightedLogLikelihood::apply(see(hidden).contiguous(), see(head), see(targets), see(factors),
                                                    code(compute_type(compute)), needs);
        give(sum, std::move(results[0]));
        give(values, std::move(results[1]));
    });
}

int ct_log_normalizers(ct_tensor scores, ct_tensor *out) {
    return produce(out, [&] { return log_normalizers(see(scores).detach().contiguous()); });
}
