#include <ATen/Parallel.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/from_blob.h>
#include <ATen/ops/full.h>

#include "Devices.h"
#include "Handles.h"
#include "Kernels/Parallel.h"

using namespace taiji;

static at::TensorOptions device_options(ct_dtype type) {
    return at::TensorOptions(scalar_type(type)).device(current_device());
}

int ct_set_num_threads(int count) {
    return guard([&] { at::set_num_threads(count); });
}

void ct_set_kernel_threads(int count) { set_own_threads(count); }
int ct_get_kernel_threads(void) { return get_own_threads(); }

int ct_get_num_threads(void) { return at::get_num_threads(); }
bool ct_grad_enabled(void) { return at::GradMode::is_enabled(); }
void ct_set_grad_enabled(bool enabled) { at::GradMode::set_enabled(enabled); }

int ct_from_bytes(const void *bytes, ct_dtype type, const int64_t *sizes, int rank, ct_tensor *out) {
    return produce(out, [&] {
        return at::from_blob(const_cast<void *>(bytes), at::IntArrayRef(sizes, rank), scalar_type(type))
            .to(current_device(), false, true);
    });
}

int ct_full(double value, ct_dtype type, const int64_t *sizes, int rank, ct_tensor *out) {
    return produce(out, [&] { return at::full(at::IntArrayRef(sizes, rank), value, device_options(type)); });
}

int ct_empty(ct_dtype type, const int64_t *sizes, int rank, ct_tensor *out) {
    return produce(out, [&] { return at::empty(at::IntArrayRef(sizes, rank), device_options(type)); });
}

int ct_alias(ct_tensor tensor, ct_tensor *out) {
    return produce(out, [&] { return at::Tensor(see(tensor)); });
}

int ct_rank(ct_tensor tensor) { return int(see(tensor).dim()); }
int64_t ct_size(ct_tensor tensor, int axis) { return see(tensor).sizes()[size_t(axis)]; }
int64_t ct_count(ct_tensor tensor) { return see(tensor).numel(); }
bool ct_is_contiguous(ct_tensor tensor) { return see(tensor).is_contiguous(); }
void *ct_data(ct_tensor tensor) { return see(tensor).data_ptr(); }

int ct_type(ct_tensor tensor, ct_dtype *type) {
    return guard([&] {
        switch (see(tensor).scalar_type()) {
        case at::kFloat: *type = CT_FLOAT32; return;
        case at::kDouble: *type = CT_FLOAT64; return;
        case at::kHalf: *type = CT_FLOAT16; return;
        case at::kBFloat16: *type = CT_BFLOAT16; return;
        case at::kLong: *type = CT_INT64; return;
        case at::kInt: *type = CT_INT32; return;
        case at::kByte: *type = CT_UINT8; return;
        case at::kBool: *type = CT_BOOL; return;
        default: TORCH_CHECK(false, "element type ", see(tensor).scalar_type(), " is not supported");
        }
    });
}
