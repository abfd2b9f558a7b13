#include <ATen/ops/from_blob.h>

#include <memory>

#include "Devices.h"
#include "Handles.h"

using namespace taiji;

int ct_from_borrowed(void *bytes, ct_dtype type, const int64_t *sizes, int rank, void (*release)(void *),
                     void *owner, ct_tensor *out) {
    return produce(out, [&] {
        // The deleter's copy of `keep` goes with the storage; an exception on the way there takes this one.
        const std::shared_ptr<void> keep(owner, release);
        return at::from_blob(bytes, at::IntArrayRef(sizes, rank), [keep](void *) {}, scalar_type(type))
            .to(current_device());
    });
}
