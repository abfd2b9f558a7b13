// A linear layer of many rows whose work is shared by this shim's threads where libtorch has one.
#pragma once

#include <ATen/core/Tensor.h>

namespace taiji {

/// Whether a layer is computed by `shared_linear`: float32 on the processor, many rows, and libtorch held to one thread
/// (`ct_set_kernel_threads`). The number of threads does not matter, here or for the result.
bool takes_shared_linear(const at::Tensor &x, const at::Tensor &weight);

/// x Wᵀ + b of x [B, in], W [out, in] and b [out] or none, with gradients, in blocks of rows of a fixed size.
at::Tensor shared_linear(const at::Tensor &x, const at::Tensor &weight, const std::optional<at::Tensor> &bias);

}  // namespace taiji
