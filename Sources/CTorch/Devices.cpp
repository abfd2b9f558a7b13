#include "Devices.h"

#include <ATen/Context.h>
#include <ATen/detail/CUDAHooksInterface.h>
#include <dlfcn.h>

#include <atomic>
#include <string>

#include "Handles.h"
#include "Kernels/InstructionSet.h"

namespace taiji {

namespace {

std::atomic<int> process_device{CT_CPU};
thread_local int thread_device = -1;
thread_local int thread_composes = 0;

at::Device device_of(int device) {
    switch (device) {
    case CT_CPU: return at::kCPU;
    case CT_CUDA: return at::kCUDA;
    case CT_MPS: return at::kMPS;
    }
    TORCH_CHECK(false, "unknown device ", device);
}

/// libtorch registers CUDA when its library is loaded, which must be before the first query.
void load_cuda() {
    static const std::string failure = [] {
        if (dlopen("libtorch_cuda.so", RTLD_NOW | RTLD_GLOBAL)) return std::string();
        const char *reason = dlerror();
        return std::string(reason ? reason : "no reason given");
    }();
    TORCH_CHECK(failure.empty(), "device cuda: libtorch_cuda.so cannot be loaded (", failure,
                "); expected the CUDA build of libtorch and its libraries: `make setup CUDA=1` fetches them, LIBTORCH "
                "names another copy");
    TORCH_CHECK(at::globalContext().hasCUDA() && at::detail::getCUDAHooks().deviceCount() > 0,
                "device cuda: no CUDA device is visible; expected a GPU and its driver");
}

void require(ct_device device) {
    if (device == CT_CUDA) load_cuda();
    TORCH_CHECK(device != CT_MPS || at::globalContext().hasMPS(),
                "device mps: this libtorch has no Metal backend; expected a Mac with an Apple GPU");
}

/// A function of NVIDIA's driver, which every machine with a GPU has; null elsewhere.
template <typename Function>
Function driver(const char *name) {
    static void *const library = dlopen("libcuda.so.1", RTLD_NOW | RTLD_LOCAL);
    return library ? reinterpret_cast<Function>(dlsym(library, name)) : nullptr;
}

}  // namespace

at::Device current_device() { return device_of(thread_device >= 0 ? thread_device : process_device.load()); }

bool is_native(const at::Tensor &tensor) { return tensor.is_cpu() && !thread_composes && widest_kernels() >= 0; }

bool has_fused_kernels() { return thread_composes < 2; }

}  // namespace taiji

using namespace taiji;

int ct_check_device(ct_device device) {
    return guard([&] { require(device); });
}

bool ct_gpu(int index, char *name, int capacity, int64_t *bytes, int *major, int *minor) {
    using Status = int;  // CUresult: 0 is success
    const auto start = driver<Status (*)(unsigned)>("cuInit");
    const auto get = driver<Status (*)(int *, int)>("cuDeviceGet");
    const auto name_of = driver<Status (*)(char *, int, int)>("cuDeviceGetName");
    const auto memory_of = driver<Status (*)(size_t *, int)>("cuDeviceTotalMem_v2");
    const auto attribute_of = driver<Status (*)(int *, int, int)>("cuDeviceGetAttribute");
    if (!start || !get || !name_of || !memory_of || !attribute_of || start(0) != 0) return false;
    constexpr int capability_major = 75, capability_minor = 76;  // CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_…
    int device = 0;
    size_t memory = 0;
    if (get(&device, index) != 0 || name_of(name, capacity, device) != 0 || memory_of(&memory, device) != 0 ||
        attribute_of(major, capability_major, device) != 0 || attribute_of(minor, capability_minor, device) != 0)
        return false;
    *bytes = static_cast<int64_t>(memory);
    return true;
}

int ct_set_device(ct_device device) {
    return guard([&] {
        require(device);
        process_device = device;
    });
}

void ct_set_thread_device(int device) { thread_device = device; }
int ct_thread_device(void) { return thread_device; }

int ct_thread_composes(void) { return thread_composes; }
bool ct_is_native(ct_tensor tensor) { return is_native(see(tensor)); }
void ct_set_thread_composes(int level) { thread_composes = level; }

int ct_to_device(ct_tensor tensor, ct_device device, ct_tensor *out) {
    return produce(out, [&] { return see(tensor).to(device_of(device)); });
}

int ct_device_of(ct_tensor tensor, ct_device *device) {
    return guard([&] {
        for (const auto each : {CT_CPU, CT_CUDA, CT_MPS}) {
            if (see(tensor).device().type() == device_of(each).type()) return void(*device = each);
        }
        TORCH_CHECK(false, "device ", see(tensor).device(), " is not supported");
    });
}
