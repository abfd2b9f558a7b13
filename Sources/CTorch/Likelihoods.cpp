// log P(target) of rows under an output matrix, without holding [tokens, vocabulary]: scores live a chunk at a time.
#include <torch/csrc/autograd/custom_function.h>

#include <ATen/ops/dot.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/gather.h>
#include <ATen/ops/ones_like.h>
#include <ATen/ops/zeros_like.h>

#include "Devices.h"
#include "Products.h"

using namespace taiji;
using torch::autograd::AutogradContext;
using torch::autograd::Function;
using torch::autograd::variable_list;

namespace {

/// Rows of scores in memory at a time: about 48 MiB of them.
int64_t chunk_rows(const at::Tensor &head) { return std::max<int64_t>(16, (int64_t(12) << 20) / head.size(0)); }

/// Calls body(scores [c, V], hidden [c, D], first row) for chunks of rows.
template <class Body>
void over_chunks(const at::Tensor &hidden, const at::Tensor &head, int64_t product_type, Body &&body) {
    const int64_t rows = hidden.size(0), step = std::min(rows, chunk_rows(head));
    const bool is_plain = head.scalar_type() == hidden.scalar_type() && !decode(product_type);
    at::Tensor buffer;  // one for all chunks
    if (is_plain) buffer = at::empty({step, head.size(0)}, hidden.options());
    for (int64_t first = 0; first < rows; first += step) {
        const auto part = hidden.slice(0, first, std::min(rows, first + step));
        at::Tensor scores = is_plain ? buffer.slice(0, 0, part.size(0)) : project(part, head, {}, decode(product_type));
        if (is_plain) at::mm_out(scores, part, head.t());
        body(scores, part, first);
    }
}

void check_targets(const at::Tensor &hidden, const at::Tensor &head, const at::Tensor &targets) {
    TORCH_CHECK(hidden.dim() == 2 && targets.dim() == 1 && targets.size(0) == hidden.size(0) &&
                    targets.scalar_type() == at::kLong && targets.is_contiguous(),
                "log-likelihoods of ", hidden.sizes(), " need as many int64 targets, found ", targets.sizes());
    if (!targets.is_cpu()) return;  // gathering refuses them there, without a copy here
    const auto *target = targets.const_data_ptr<int64_t>();
    for (int64_t t = 0; t < targets.size(0); t++) {
        TORCH_CHECK(target[t] >= 0 && target[t] < head.size(0), "target ", target[t], " is not among ", head.size(0));
    }
}

/// log P(target) of each row of log-softmax(hidden Wᵀ), a chunk of rows at a time.
void chunk_likelihoods(const at::Tensor &scores, const at::Tensor &normalizers, const at::Tensor &targets,
                       int64_t first, at::Tensor &values) {
    if (!is_native(scores)) {
        const int64_t end = first + scores.size(0);
        values.slice(0, first, end)
            .copy_(scores.gather(1, targets.slice(0, first, end).unsqueeze(1)).squeeze(1).sub(normalizers));
        return;
    }
    const auto *score = scores.const_data_ptr<float>(), *normalizer = normalizers.const_data_ptr<float>();
    const auto *target = targets.const_data_ptr<int64_t>();
    auto *value = values.data_ptr<float>();
    for (int64_t r = 0; r < scores.size(0); r++) {
        value[first + r] = score[r * scores.size(1) + target[first + r]] - normalizer[r];
    }
}

/// Gradients of one chunk, added to `head_gradient` when it is defined.
void chunk_gradients(at::Tensor &slopes, const at::Tensor &part, const at::Tensor &head, int64_t product_type, int64_t first,
                     at::Tensor &hidden_gradient, at::Tensor &head_gradient) {
    const auto type = slopes.scalar_type();
    const auto narrow = narrowed(slopes, decode(product_type));
    hidden_gradient.slice(0, first, first + part.size(0)).copy_(input_gradient(narrow, head, decode(product_type), type));
    if (!head_gradient.defined()) return;
    if (decode(product_type)) {
        head_gradient.add_(weight_gradient(narrow, part, decode(product_type), type));
    } else {
        head_gradient.addmm_(slopes.t(), part);
    }
}

struct LogLikelihoods : Function<LogLikelihoods> {
    static at::Tensor forward(AutogradContext *ctx, const at::Tensor &hidden, const at::Tensor &head,
                              const at::Tensor &targets, int64_t product_type) {
        check_targets(hidden, head, targets);
        auto values = at::empty({hidden.size(0)}, hidden.options()), normalizers = at::empty_like(values);
        over_chunks(hidden, head, product_type, [&](at::Tensor &scores, const at::Tensor &part, int64_t first) {
            const auto rows = log_normalizers(scores);
            normalizers.slice(0, first, first + part.size(0)).copy_(rows);
            chunk_likelihoods(scores, rows, targets, first, values);
        });
        ctx->save_for_backward({hidden, head, targets, normalizers});
        ctx->saved_data["product_type"] = product_type;
        return values;
    }

    static variable_list backward(AutogradContext *ctx, const variable_list &upstream) {
        const auto saved = ctx->get_saved_variables();
        const auto &hidden = saved[0], &head = saved[1], &targets = saved[2], &normalizers = saved[3];
        const int64_t product_type = ctx->saved_data["product_type"].toInt();
        const auto factors = upstream[0].contiguous();
        auto hidden_gradient = at::empty_like(hidden);
        at::Tensor head_gradient;
        if (head.requires_grad()) head_gradient = at::zeros_like(head);
        over_chunks(hidden, head, product_type, [&](at::Tensor &scores, const at::Tensor &part, int64_t first) {
            const int64_t end = first + part.size(0);
            likelihood_slopes(scores, normalizers.slice(0, first, end), targets.slice(0, first, end),
                              factors.slice(0, first, end));
            chunk_gradients(scores, part, head, product_type, first, hidden_gradient, head_gradient);
        });
        return {hidden_gradient, head_gradient, {}, {}};
    }
};

/// Σ factors · log P(target), its gradient computed with the same scores as its value.
struct WeightedLogLikelihood : Function<WeightedLogLikelihood> {
    static variable_list forward(AutogradContext *ctx, const at::Tensor &hidden, const at::Tensor &head,
                                 const at::Tensor &targets, const at::Tensor &factors, int64_t product_type,
                                 bool needs_gradient) {
        check_targets(hidden, head, targets);
        auto values = at::empty({hidden.size(0)}, hidden.options());
        at::Tensor hidden_gradient, head_gradient;
        if (needs_gradient) hidden_gradient = at::empty_like(hidden);
        if (needs_gradient && head.requires_grad()) head_gradient = at::zeros_like(head);
        over_chunks(hidden, head, product_type, [&](at::Tensor &scores, const at::Tensor &part, int64_t first) {
            const auto normalizers = log_normalizers(scores);
            chunk_likelihoods(scores, normalizers, targets, first, values);
            if (!needs_gradient) return;
            const int64_t end = first + part.size(0);
            likelihood_slopes(scores, normalizers, targets.slice(0, first, end), factors.slice(0, first, end));
            chunk_gradients(scores, part, head, product_type, first, hidden_gradient, head_gradient);
        });
        ctx->save_for_backward({hidden_gradient, head_gradient});
        ctx->mark_non_differentiable({values});
        return {values.dot(factors), values};
    }

    static variable_list backward(AutogradContext *ctx, const variable_list &upstream) {
        const auto saved = ctx->get_saved_variables();
        // Reading the factor is free in the processor's memory; elsewhere it would wait for the device.
        const bool is_one = upstream[0].is_cpu() && upstream[0].item<double>() == 1;
        const auto scaled = [&](const at::Tensor &gradient) {
            return !gradient.defined() || is_one ? gradient : gradient.mul(upstream[0]);
        };
        return {scaled(saved[0]), scaled(saved[1]), {}, {}, {}, {}};
    }
};

}  // namespace

int ct_log_likelihoods(ct_tensor hidden, ct_tensor head, ct_tensor targets, int product_type, ct_tensor *out) {
    return produce(out, [&] {
        return LogLikelihoods::apply(see(hidden).contiguous(), see(head), see(targets), code(product_type_of(product_type)));
    });
}

int ct_weighted_log_likelihood(ct_tensor hidden, ct_tensor head, ct_tensor targets, ct_tensor factors, int product_type,
                               ct_tensor *sum, ct_tensor *values) {
    return guard([&] {
        const bool needs = at::GradMode::is_enabled() && (see(hidden).requires_grad() || see(head).requires_grad());
        auto results = WeightedLogLikelihood::apply(see(hidden).contiguous(), see(head), see(targets), see(factors),
                                                    code(product_type_of(product_type)), needs);
        give(sum, std::move(results[0]));
        give(values, std::move(results[1]));
    });
}

int ct_likelihood_slopes(ct_tensor rows, ct_tensor head, ct_tensor targets, int product_type, ct_tensor *slopes,
                         ct_tensor *values, ct_tensor *entropies) {
    return guard([&] {
        at::NoGradGuard nothing_is_recorded;
        const auto x = see(rows).detach().contiguous(), w = see(head).detach();
        check_targets(x, w, see(targets));
        const auto type = product_type_of(product_type);
        // All rows at once: the caller gives a chunk.
        at::Tensor scores = w.scalar_type() == x.scalar_type() && !type ? at::mm(x, w.t()) : project(x, w, {}, type);
        const auto normalizers = log_normalizers(scores);
        auto logs = at::empty_like(normalizers);
        chunk_likelihoods(scores, normalizers, see(targets), 0, logs);
        const auto means = likelihood_slopes(scores, normalizers, see(targets), at::ones_like(normalizers));
        give(slopes, std::move(scores));
        give(values, std::move(logs));
        give(entropies, normalizers.sub(means));  // −Σ P log P = log Σ eˢ − Σ P s
    });
}

int ct_slopes_times(ct_tensor slopes, ct_tensor head, int product_type, ct_tensor *out) {
    return produce(out, [&] {
        at::NoGradGuard nothing_is_recorded;
        return input_gradient(see(slopes), see(head).detach(), product_type_of(product_type), see(slopes).scalar_type());
    });
}

int ct_add_outer_(ct_tensor sum, ct_tensor slopes, ct_tensor rows, int product_type) {
    return guard([&] {
        at::NoGradGuard nothing_is_recorded;
        auto total = see(sum);
        if (product_type_of(product_type)) {
            total.add_(weight_gradient(see(slopes), see(rows), product_type_of(product_type), total.scalar_type()));
        } else {
            total.addmm_(see(slopes).t(), see(rows));
        }
    });
}

int ct_log_normalizers(ct_tensor scores, ct_tensor *out) {
    return produce(out, [&] { return log_normalizers(see(scores).detach().contiguous()); });
}
