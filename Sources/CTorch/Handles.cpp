#include "Handles.h"

#include <malloc.h>

#include <cstring>

namespace taiji {

static thread_local char last_error[4096] = "";
std::atomic<int64_t> live_handles{0};

void remember_error(const char *message) noexcept {
    // A libtorch message goes on with a C++ backtrace after its first paragraph.
    size_t length = std::strcspn(message, "\n");
    if (length >= sizeof last_error) length = sizeof last_error - 1;
    std::memcpy(last_error, message, length);
    last_error[length] = 0;
}

at::ScalarType scalar_type(ct_dtype type) {
    switch (type) {
    case CT_FLOAT32: return at::kFloat;
    case CT_FLOAT64: return at::kDouble;
    case CT_FLOAT16: return at::kHalf;
    case CT_BFLOAT16: return at::kBFloat16;
    case CT_INT64: return at::kLong;
    case CT_INT32: return at::kInt;
    case CT_UINT8: return at::kByte;
    case CT_BOOL: return at::kBool;
    }
    TORCH_CHECK(false, "unknown element type ", int(type));
}

std::vector<at::Tensor> see_all(const ct_tensor *handles, int count) {
    std::vector<at::Tensor> tensors;
    tensors.reserve(count);
    for (int i = 0; i < count; i++) tensors.push_back(see(handles[i]));
    return tensors;
}

}  // namespace taiji

using namespace taiji;

const char *ct_last_error(void) { return last_error; }

void ct_free(ct_tensor tensor) {
    if (!tensor) return;
    delete tensor;
    live_handles.fetch_sub(1, std::memory_order_relaxed);
}

int64_t ct_live_handles(void) { return live_handles.load(std::memory_order_relaxed); }

void ct_keep_freed_memory(void) {
#ifdef __GLIBC__
    mallopt(M_MMAP_MAX, 0);
    mallopt(M_TRIM_THRESHOLD, -1);
    mallopt(M_TOP_PAD, 64 << 20);
#endif
}
