// DIN's activation unit for many candidates of one user: what they share is computed once. For ranking, without gradients.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

namespace taiji {

/// A candidate q and a behaviour s are each F embeddings side by side, of rows of one table. The term (q ∘ s) P is a sum
/// over the fields, in which each pair of rows occurs often: categories repeat among candidates and among behaviours. Each
/// distinct pair is computed once.
///
///     weights_nl = u · prelu(r_n + (s A)_l + Σ_f (q_nf ∘ s_lf) P_f) + c
struct SharedActivation {
    at::Tensor candidates;  // rows of the table, int32 [N, F]
    at::Tensor behaviors;   // rows of the table, int32 [L, F]
    at::Tensor table;       // [R, E]
    at::Tensor offsets;     // r, [N, H]
    at::Tensor base;        // s A, [L, H]
    at::Tensor product;     // P, [F · E, H]
    at::Tensor slope;       // of prelu, [H]
    at::Tensor output;      // u, [H]
    at::Tensor bias;        // c, [1]

    /// Throws unless the shapes fit and all rows are of the table.
    void check() const;
    /// [N, L].
    at::Tensor weights() const;
};

/// One candidate's numbers; H is padded with zeros to a multiple of 16.
struct SharedCandidate {
    const float *offset;          // [full H]
    const float *base;            // [L, full H]
    const float *const *tables;   // of each field, [distinct rows, full H]
    const int64_t *places;        // of each behaviour's row among the distinct ones, [F, L]
    const float *slope, *output;  // [full H]
    float bias;
    int64_t fields, length, full_hidden;
};

}  // namespace taiji
