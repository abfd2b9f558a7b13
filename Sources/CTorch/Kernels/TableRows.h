// Rows of a table of embeddings [R, E]: taken by index, their gradients summed, and moved by Adam. Float32, contiguous, in the
// processor's memory. Sums are in the order of the indices whatever the number of threads.
#pragma once

#include <ATen/core/Tensor.h>

#include "../include/CTorch.h"

namespace taiji {

/// Rows of a table at int32 or int64 indices of any shape, [..., E]. Throws for an index that is no row.
at::Tensor take_rows(const at::Tensor &table, const at::Tensor &indices);

/// The gradient [R, E] of a table whose rows were taken: upstream [..., E] summed by index.
at::Tensor sum_rows(const at::Tensor &upstream, const at::Tensor &indices, int64_t row_count);

/// One Adam step of some rows [n] (int32, each at most once) of a table and its moments, all [R, E], by gradients [n, E].
void adam_rows(at::Tensor table, at::Tensor first, at::Tensor second, const at::Tensor &rows, const at::Tensor &gradient,
               const ct_row_adam &step);

}  // namespace taiji
