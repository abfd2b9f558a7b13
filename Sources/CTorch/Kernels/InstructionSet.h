// Which instruction set the kernels are taken of on this processor.
#pragma once

namespace taiji {

#if defined(__x86_64__)
inline bool has_avx512() {
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq");
}
inline bool has_avx2() { return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"); }
#else
inline bool has_avx512() { return false; }
inline bool has_avx2() { return false; }
#endif

inline const char *instruction_set() { return has_avx512() ? "avx512" : has_avx2() ? "avx2" : "portable"; }

}  // namespace taiji
