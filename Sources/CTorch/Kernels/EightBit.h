// Weights of 8 bits: one scale an output, and activations rounded to 8 bits, one scale a row, as they come.
#pragma once

#include <ATen/core/Tensor.h>

namespace taiji {

/// Whether a weight is one of `eight_bit_weight`.
inline bool is_eight_bit(const at::Tensor &weight) { return weight.scalar_type() == at::kByte; }

/// A matrix `[out, in]` rounded to 8 bits: uint8 `[out, in' + 4]`, in' the next multiple of 4. Its bytes are not rows but
/// blocks of 16 outputs (`eight_bit_block_size`), and its storage is that of a multiple of 16 outputs.
at::Tensor eight_bit_weight(const at::Tensor &weight);

/// x Wᵀ + b of float32 rows `[T, in]`. No row depends on another, whatever T.
at::Tensor project_eight_bit(const at::Tensor &x, const at::Tensor &weight, const at::Tensor &bias);

}  // namespace taiji
