// Which instruction set the kernels are taken of on this processor.
#pragma once

#include <cstdlib>
#include <stdexcept>
#include <string>

namespace taiji {

/// What the environment variable TAIJI_KERNELS allows: 2 for AVX-512, 1 for AVX2, 0 for plain C++, -1 for no kernels of the
/// decoder but compositions of ATen calls, as on other devices. Throws for another value.
inline int widest_kernels() {
    static const int widest = [] {
        const char *found = std::getenv("TAIJI_KERNELS");
        const std::string name = found ? found : "avx512";
        if (name == "avx512") return 2;
        if (name == "avx2") return 1;
        if (name == "portable") return 0;
        if (name == "compositions") return -1;
        throw std::invalid_argument("TAIJI_KERNELS is '" + name + "'; expected avx512, avx2, portable or compositions");
    }();
    return widest;
}

#if defined(__x86_64__)
inline bool has_avx512() {
    return widest_kernels() > 1 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq");
}
inline bool has_avx2() { return widest_kernels() > 0 && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"); }
#else
inline bool has_avx512() { return false; }
inline bool has_avx2() { return false; }
#endif

inline const char *instruction_set() { return has_avx512() ? "avx512" : has_avx2() ? "avx2" : "portable"; }

}  // namespace taiji
