// Where tensors are made, and whether the kernels of this shim may work on one.
#pragma once

#include <ATen/core/Tensor.h>

#include "include/CTorch.h"

namespace taiji {

/// The device on which this thread makes tensors.
at::Device current_device();

/// Whether the kernels of Kernels/ may read a tensor's memory. On other devices, and where `ct_set_thread_compositions`
/// asks for it, compositions of ATen calls do their work.
bool is_native(const at::Tensor &tensor);

/// Whether compositions may call the library's fused attention, which some devices do not have.
bool has_fused_kernels();

}  // namespace taiji
