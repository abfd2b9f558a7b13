// The 8-bit kernels for each instruction set. `TAIJI_EIGHT_BIT(name)` is the function `name` of the best set that this
// processor has: 512-bit VNNI, AVX2, or plain C++.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <utility>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include "InstructionSet.h"

namespace taiji {

/// Rows of activations as whole numbers.
struct EightBitRows {
    /// `[count, width]`.
    const int8_t *numbers;
    int64_t count;
    /// A multiple of 4.
    int64_t width;
    /// What the numbers of a row are multiplied by, `[count]`.
    const float *scales;
    /// Sum of a row's numbers, `[count]`.
    const int32_t *sums;
};

/// Bytes of a block of 16 outputs: for every four inputs, four numbers of each output, each plus 128; then 16 scales.
constexpr int64_t eight_bit_block_size(int64_t width) { return 16 * (width + 4); }

#if defined(__x86_64__)
inline bool has_vnni() { return has_avx512() && __builtin_cpu_supports("avx512vnni"); }
#else
inline bool has_vnni() { return false; }
#endif

}  // namespace taiji

#define TAIJI_INLINE static inline __attribute__((always_inline))

#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512vnni,avx2,fma,f16c"))), apply_to = function)
namespace taiji::vnni {
constexpr int WIDTH = 16, LANES = 16, TILE_ROWS = 8, TILE_PARTS = 2;
#include "Vector.h"
using Sums = __m512i;
using Weights = __m512i;
TAIJI_INLINE Weights load_weights(const uint8_t *at) { return _mm512_loadu_si512(at); }
TAIJI_INLINE __m512i load_four(const int8_t *at) {
    int32_t four;
    std::memcpy(&four, at, 4);
    return _mm512_set1_epi32(four);
}
TAIJI_INLINE void add_products(Sums &sums, Weights weights, __m512i four) {
    sums = _mm512_dpbusd_epi32(sums, weights, four);
}
/// Weights are stored plus 128, so each sum has 128 times the sum of the row too much.
TAIJI_INLINE void store_sums(int32_t *to, Sums sums, int32_t total) {
    _mm512_storeu_si512(to, _mm512_sub_epi32(sums, _mm512_set1_epi32(128 * total)));
}
#include "EightBitKernel.h"
}  // namespace taiji::vnni
#pragma clang attribute pop

#pragma clang attribute push(__attribute__((target("avx2,fma,f16c"))), apply_to = function)
namespace taiji::eight_bit_avx2 {
constexpr int WIDTH = 8, LANES = 8, TILE_ROWS = 6, TILE_PARTS = 1;
#include "Vector.h"
using Sums = __m256i;
/// w and |w|, for `_mm256_maddubs_epi16`, which wants one factor without sign: 2 · 127 · 127 fits into 16 bits.
struct Weights {
    __m256i numbers, sizes;
};
TAIJI_INLINE Weights load_weights(const uint8_t *at) {
    const auto numbers = _mm256_xor_si256(
        _mm256_loadu_si256(reinterpret_cast<const __m256i *>(at)), _mm256_set1_epi8(char(0x80)));
    return {numbers, _mm256_abs_epi8(numbers)};
}
TAIJI_INLINE __m256i load_four(const int8_t *at) {
    int32_t four;
    std::memcpy(&four, at, 4);
    return _mm256_set1_epi32(four);
}
TAIJI_INLINE void add_products(Sums &sums, const Weights &weights, __m256i four) {
    const auto pairs = _mm256_maddubs_epi16(weights.sizes, _mm256_sign_epi8(four, weights.numbers));
    sums = _mm256_add_epi32(sums, _mm256_madd_epi16(pairs, _mm256_set1_epi16(1)));
}
TAIJI_INLINE void store_sums(int32_t *to, Sums sums, int32_t) {
    _mm256_storeu_si256(reinterpret_cast<__m256i *>(to), sums);
}
#include "EightBitKernel.h"
}  // namespace taiji::eight_bit_avx2
#pragma clang attribute pop
#endif

namespace taiji::eight_bit_portable {
constexpr int WIDTH = 4, LANES = 16, TILE_ROWS = 4, TILE_PARTS = 1;
#include "Vector.h"
struct Sums {
    int32_t numbers[16];
};
using Weights = const uint8_t *;
using Four = const int8_t *;
TAIJI_INLINE Weights load_weights(const uint8_t *at) { return at; }
TAIJI_INLINE Four load_four(const int8_t *at) { return at; }
TAIJI_INLINE void add_products(Sums &sums, Weights weights, Four four) {
    for (int o = 0; o < 16; o++) {
        for (int k = 0; k < 4; k++) sums.numbers[o] += (int(weights[o * 4 + k]) - 128) * four[k];
    }
}
TAIJI_INLINE void store_sums(int32_t *to, const Sums &sums, int32_t) { std::memcpy(to, sums.numbers, sizeof sums.numbers); }
#include "EightBitKernel.h"
}  // namespace taiji::eight_bit_portable

#if defined(__x86_64__)
#define TAIJI_EIGHT_BIT(name)                          \
    (taiji::has_vnni()   ? taiji::vnni::name           \
     : taiji::has_avx2() ? taiji::eight_bit_avx2::name \
                         : taiji::eight_bit_portable::name)
#else
#define TAIJI_EIGHT_BIT(name) taiji::eight_bit_portable::name
#endif
