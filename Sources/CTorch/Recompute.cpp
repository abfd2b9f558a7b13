// A stretch of computation that keeps its input alone and is done again in the backward pass.
#include <torch/csrc/autograd/function.h>
#include <torch/csrc/autograd/functions/utils.h>
#include <torch/csrc/autograd/saved_variable.h>

#include <ATen/ops/zeros.h>
#include <ATen/record_function.h>

#include <memory>
#include <stdexcept>

#include "Handles.h"

using namespace taiji;
using torch::autograd::Node;
using torch::autograd::variable_list;

namespace {

/// The caller's closure, released with its last user.
struct Closure {
    ct_stretch body;
    void (*release)(void *);
    void *context;

    Closure(ct_stretch body, void (*release)(void *), void *context) : body(body), release(release), context(context) {}
    Closure(const Closure &) = delete;
    Closure &operator=(const Closure &) = delete;
    ~Closure() { release(context); }

    at::Tensor operator()(const at::Tensor &input) const {
        CTTensor borrowed{input};
        ct_tensor made = nullptr;
        if (body(context, &borrowed, &made) != 0 || !made) throw std::runtime_error("the recomputed stretch failed");
        at::Tensor output = made->tensor;
        ct_free(made);
        return output;
    }
};

struct Recompute : Node {
    std::shared_ptr<Closure> closure;
    torch::autograd::SavedVariable input;

    std::string name() const override { return "Recompute"; }

    void release_variables() override {
        input.reset_data();
    }

    variable_list apply(variable_list &&upstream) override {
        auto start = input.unpack().detach();
        start.requires_grad_(true);
        at::Tensor output;
        {
            at::AutoGradMode records(true);
            output = (*closure)(start);
        }
        // Gradients of parameters are added to them by this inner pass; the input's is handed on.
        output.backward(upstream[0]);
        return {start.grad(), at::Tensor()};
    }
};

}  // namespace

int ct_recompute(ct_tensor input, ct_stretch body, void (*release)(void *), void *context, ct_tensor *out) {
    auto closure = std::make_shared<Closure>(body, release, context);
    return produce(out, [&] {
        at::Tensor output;
        {
            at::NoGradGuard nothing_is_recorded;
            output = (*closure)(see(input));
        }
        if (!at::GradMode::is_enabled()) return output;
        // The second input always wants a gradient: a stretch whose input wants none may hold parameters that do.
        const auto anchor = at::zeros({0}, see(input).options()).requires_grad_(true);
        auto node = c10::make_intrusive<Recompute>();
        node->closure = closure;
        node->input = torch::autograd::SavedVariable(see(input), false);
        node->set_next_edges(torch::autograd::collect_next_edges(see(input), anchor));
        torch::autograd::set_history(output, node);
        return output;
    });
}
