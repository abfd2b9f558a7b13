// DIN's activation unit with its pooling: forward, and all gradients, without anything of the size [B, L, H].
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

namespace taiji {

/// weights_l = u · prelu(r + (A + diag(q) P)ᵀ s_l) + c, pooled = Σ mask_l weights_l s_l, for each row of a batch. Float32, contiguous.
struct ActivationUnit {
    at::Tensor queries;    // q, [B, D]
    at::Tensor sequences;  // s, [B, L, D]
    at::Tensor mask;       // [B, L], 0 or 1
    at::Tensor offsets;    // r, [B, H]
    at::Tensor behavior;   // A, [D, H]
    at::Tensor product;    // P, [D, H]
    at::Tensor slope;      // of prelu, [H]
    at::Tensor output;     // u, [H]
    at::Tensor bias;       // c, [1]

    /// Throws unless the shapes fit.
    void check() const;
    /// [B, D].
    at::Tensor forward() const;
    /// Gradients in the order of the members; that of the mask is undefined.
    std::vector<at::Tensor> backward(const at::Tensor &upstream) const;
};

/// One row's numbers and where its gradients go. H and D are padded to multiples of 16 in A, P, their gradients and `hidden`.
struct ActivationRow {
    const float *query, *sequence, *mask, *offset;
    const float *behavior, *product, *slope, *output;  // [D, full H], [full H]
    float bias;
    int64_t length, width, hidden, full_width, full_hidden;
};

struct ActivationGradients {
    const float *upstream;             // [D]
    float *query, *sequence, *offset;  // [D], [L, D], [H]
    float *behavior, *product;         // summed into, [D, full H]
    float *slope, *output, *bias;      // summed into, [full H], [full H], [1]
};

}  // namespace taiji
