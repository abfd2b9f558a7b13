#include <ATen/Version.h>
#include <torch/version.h>

#include <string>

#include "CTorch.h"
#include "Kernels/InstructionSet.h"

const char *ct_version(void) { return TORCH_VERSION; }

const char *ct_cpu_capability(void) {
    static const std::string capability = at::get_cpu_capability();
    return capability.c_str();
}

const char *ct_kernel_instruction_set(void) {
    try {
        return taiji::instruction_set();
    } catch (const std::exception &error) {
        static const std::string reason = error.what();
        return reason.c_str();
    }
}
