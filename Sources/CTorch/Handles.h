// How every file of this shim sees a handle, and the one place where exceptions stop.
#pragma once

#include <ATen/core/Tensor.h>

#include <atomic>
#include <exception>
#include <utility>

#include "include/CTorch.h"

struct CTTensor {
    at::Tensor tensor;
};

namespace taiji {

void remember_error(const char *message) noexcept;
extern std::atomic<int64_t> live_handles;

template <class Body> int guard(Body &&body) noexcept {
    try {
        body();
        return 0;
    } catch (const std::exception &error) {
        remember_error(error.what());
    } catch (...) {
        remember_error("libtorch threw something that is not an exception");
    }
    return 1;
}

inline void give(ct_tensor *out, at::Tensor &&tensor) {
    *out = new CTTensor{std::move(tensor)};
    live_handles.fetch_add(1, std::memory_order_relaxed);
}

template <class Body> int produce(ct_tensor *out, Body &&body) noexcept {
    return guard([&] { give(out, body()); });
}

inline const at::Tensor &see(ct_tensor handle) { return handle->tensor; }

at::ScalarType scalar_type(ct_dtype type);
std::vector<at::Tensor> see_all(const ct_tensor *handles, int count);

}  // namespace taiji
