// Sums and copies between the GPUs of several processes by NVIDIA's NCCL, which is loaded where it is asked for.
#include <dlfcn.h>

#include <cstdlib>
#include <cstring>
#include <string>

#include "Handles.h"

// NCCL's own name for a process's place among the others.
struct ncclComm;

namespace taiji {

namespace {

/// What nccl.h of NCCL 2 declares, as far as it is called. A status of 0 is success.
struct Identity {
    char bytes[CT_DEVICE_GROUP_IDENTITY];
};
constexpr int FLOAT32 = 7, SUM = 0;
// The stream that libtorch computes on, so that what was computed is there and what follows waits.
void *const STREAM = nullptr;

struct Library {
    int (*identity)(Identity *) = nullptr;
    int (*join)(ncclComm **, int size, Identity, int rank) = nullptr;
    int (*leave)(ncclComm *) = nullptr;
    int (*reduce)(const void *, void *, size_t, int type, int operation, int root, ncclComm *, void *stream) = nullptr;
    int (*broadcast)(const void *, void *, size_t, int type, int root, ncclComm *, void *stream) = nullptr;
    const char *(*text)(int status) = nullptr;
    std::string failure;

    Library() {
        const char *named = std::getenv("TAIJI_NCCL");
        const char *name = named && *named ? named : "libnccl.so.2";
        const bool is_off = std::strcmp(name, "off") == 0;
        void *const library = is_off ? nullptr : dlopen(name, RTLD_NOW | RTLD_LOCAL);
        if (!library) {
            const char *reason = is_off ? "TAIJI_NCCL is off" : dlerror();
            failure = reason ? reason : name;
            return;
        }
        find(library, "ncclGetUniqueId", identity);
        find(library, "ncclCommInitRank", join);
        find(library, "ncclCommDestroy", leave);
        find(library, "ncclReduce", reduce);
        find(library, "ncclBroadcast", broadcast);
        find(library, "ncclGetErrorString", text);
    }

    void check(const char *call, int status) const {
        TORCH_CHECK(status == 0, call, ": ", text(status), " (status ", status, ")");
    }

private:
    template <class Function> void find(void *library, const char *name, Function &function) {
        function = reinterpret_cast<Function>(dlsym(library, name));
        if (!function && failure.empty()) failure = std::string("it has no ") + name;
    }
};

const Library &nccl() {
    static const Library library;
    return library;
}

const Library &loaded() {
    TORCH_CHECK(nccl().failure.empty(), "NCCL cannot be used: ", nccl().failure);
    return nccl();
}

void check_tensor(const at::Tensor &tensor) {
    TORCH_CHECK(tensor.scalar_type() == at::kFloat && tensor.is_contiguous(),
                "GPUs exchange contiguous float32, found ", tensor.scalar_type(), " ", tensor.sizes());
}

}  // namespace

}  // namespace taiji

using namespace taiji;

bool ct_has_device_groups(void) { return nccl().failure.empty(); }

int ct_device_group_identity(uint8_t *identity) {
    return guard([&] {
        Identity own;
        loaded().check("ncclGetUniqueId", loaded().identity(&own));
        std::memcpy(identity, own.bytes, sizeof own.bytes);
    });
}

int ct_device_group_join(const uint8_t *identity, int rank, int size, ct_device_group *out) {
    return guard([&] {
        Identity shared;
        std::memcpy(shared.bytes, identity, sizeof shared.bytes);
        ncclComm *place = nullptr;
        loaded().check("ncclCommInitRank", loaded().join(&place, size, shared, rank));
        *out = reinterpret_cast<ct_device_group>(place);
    });
}

void ct_device_group_leave(ct_device_group group) {
    if (nccl().leave) nccl().leave(reinterpret_cast<ncclComm *>(group));
}

int ct_device_group_sum_at(ct_device_group group, ct_tensor tensor, int owner) {
    return guard([&] {
        const auto &own = see(tensor);
        check_tensor(own);
        float *numbers = own.data_ptr<float>();
        loaded().check("ncclReduce", loaded().reduce(numbers, numbers, size_t(own.numel()), FLOAT32, SUM, owner,
                                                     reinterpret_cast<ncclComm *>(group), STREAM));
    });
}

int ct_device_group_share(ct_device_group group, ct_tensor tensor, int owner) {
    return guard([&] {
        const auto &own = see(tensor);
        check_tensor(own);
        float *numbers = own.data_ptr<float>();
        loaded().check("ncclBroadcast", loaded().broadcast(numbers, numbers, size_t(own.numel()), FLOAT32, owner,
                                                           reinterpret_cast<ncclComm *>(group), STREAM));
    });
}
