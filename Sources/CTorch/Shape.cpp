#include <ATen/ops/cat.h>
#include <ATen/ops/gather.h>
#include <ATen/ops/index_select.h>
#include <ATen/ops/masked_fill.h>

#include "Handles.h"

using namespace taiji;

int ct_to_type(ct_tensor tensor, ct_dtype type, ct_tensor *out) {
    return produce(out, [&] { return see(tensor).to(scalar_type(type)); });
}

int ct_contiguous(ct_tensor tensor, ct_tensor *out) {
    return produce(out, [&] { return see(tensor).contiguous(); });
}

int ct_clone(ct_tensor tensor, ct_tensor *out) {
    return produce(out, [&] { return see(tensor).clone(); });
}

int ct_detach(ct_tensor tensor, ct_tensor *out) {
    return produce(out, [&] { return see(tensor).detach(); });
}

int ct_reshape(ct_tensor tensor, const int64_t *sizes, int rank, ct_tensor *out) {
    return produce(out, [&] { return see(tensor).reshape(at::IntArrayRef(sizes, rank)); });
}

int ct_transpose(ct_tensor tensor, int64_t first, int64_t second, ct_tensor *out) {
    return produce(out, [&] { return see(tensor).transpose(first, second); });
}

int ct_slice(ct_tensor tensor, int64_t axis, int64_t start, int64_t end, ct_tensor *out) {
    return produce(out, [&] { return see(tensor).slice(axis, start, end); });
}

int ct_cat(const ct_tensor *tensors, int count, int64_t axis, ct_tensor *out) {
    return produce(out, [&] { return at::cat(see_all(tensors, count), axis); });
}

int ct_index_select(ct_tensor tensor, int64_t axis, ct_tensor indices, ct_tensor *out) {
    return produce(out, [&] { return at::index_select(see(tensor), axis, see(indices)); });
}

int ct_gather(ct_tensor tensor, int64_t axis, ct_tensor indices, ct_tensor *out) {
    return produce(out, [&] { return at::gather(see(tensor), axis, see(indices)); });
}

int ct_masked_fill(ct_tensor tensor, ct_tensor mask, double value, ct_tensor *out) {
    return produce(out, [&] { return at::masked_fill(see(tensor), see(mask), value); });
}
