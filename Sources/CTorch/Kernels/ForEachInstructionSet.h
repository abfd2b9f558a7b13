// Compiles the kernel file TAIJI_KERNEL once for each instruction set, each in a namespace of its own, with WIDTH float
// lanes a vector. `TAIJI_BEST(name)` is the function `name` of the widest set that this processor has.
//
// The accumulation order, hence the last bit, depends on WIDTH: equal bytes need an equal kind of processor.
#include <cmath>
#include <cstdint>
#include <cstring>
#include <utility>

#include "InstructionSet.h"

#define TAIJI_INLINE static inline __attribute__((always_inline))

#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx2,fma,f16c"))), apply_to = function)
namespace taiji::avx512 {
constexpr int WIDTH = 16;
#include "Vector.h"
#include TAIJI_KERNEL
}  // namespace taiji::avx512
#pragma clang attribute pop
#pragma clang attribute push(__attribute__((target("avx2,fma,f16c"))), apply_to = function)
namespace taiji::avx2 {
constexpr int WIDTH = 8;
#include "Vector.h"
#include TAIJI_KERNEL
}  // namespace taiji::avx2
#pragma clang attribute pop
#endif
namespace taiji::portable {
constexpr int WIDTH = 4;
#include "Vector.h"
#include TAIJI_KERNEL
}  // namespace taiji::portable

#if defined(__x86_64__)
#define TAIJI_BEST(name)                                        \
    (taiji::has_avx512()   ? taiji::avx512::name                \
     : taiji::has_avx2() ? taiji::avx2::name : taiji::portable::name)
#else
#define TAIJI_BEST(name) taiji::portable::name
#endif
