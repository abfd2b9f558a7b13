#include "BlockSums.h"

#include <cstdlib>
#include <string>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace taiji_faiss {

namespace {

/// Eight sums at a time in registers, which do not wait for each other.
void plain(const uint8_t *codes, size_t parts, const uint8_t *tables, uint16_t *sums) {
    constexpr size_t LANES = 8;
    for (size_t first = 0; first < BLOCK; first += LANES) {
        uint32_t sum[LANES] = {};
        for (size_t part = 0; part < parts; part++) {
            const uint8_t *table = tables + part * CENTROIDS, *code = codes + part * BLOCK + first;
            for (size_t lane = 0; lane < LANES; lane++) sum[lane] += table[code[lane]];
        }
        for (size_t lane = 0; lane < LANES; lane++) sums[first + lane] = uint16_t(sum[lane]);
    }
}

#if defined(__x86_64__)
__attribute__((target("avx512f,avx512bw,avx512vbmi"))) void permuting(const uint8_t *codes, size_t parts,
                                                                      const uint8_t *tables, uint16_t *sums) {
    const __m512i low_byte = _mm512_set1_epi16(0xFF);
    __m512i even = _mm512_setzero_si512(), odd = _mm512_setzero_si512();
    for (size_t part = 0; part < parts; part++, codes += BLOCK, tables += CENTROIDS) {
        const __m512i code = _mm512_loadu_si512(codes);
        const __m512i lower = _mm512_permutex2var_epi8(_mm512_loadu_si512(tables), code, _mm512_loadu_si512(tables + 64));
        const __m512i upper = _mm512_permutex2var_epi8(_mm512_loadu_si512(tables + 128), code, _mm512_loadu_si512(tables + 192));
        const __m512i found = _mm512_mask_blend_epi8(_mm512_movepi8_mask(code), lower, upper);
        even = _mm512_add_epi16(even, _mm512_and_si512(found, low_byte));
        odd = _mm512_add_epi16(odd, _mm512_srli_epi16(found, 8));
    }
    alignas(64) uint16_t evens[32], odds[32];
    _mm512_store_si512(evens, even);
    _mm512_store_si512(odds, odd);
    for (size_t i = 0; i < BLOCK / 2; i++) {  // sums of even and odd codes, back in the order of the codes
        sums[2 * i] = evens[i];
        sums[2 * i + 1] = odds[i];
    }
}
#endif

}  // namespace

size_t all_block_sums(BlockSums *out, size_t capacity) {
    size_t count = 0;
    const auto add = [&](BlockSums sums) {
        if (count < capacity) out[count++] = sums;
    };
    add(plain);
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vbmi")) {
        add(permuting);
    }
#endif
    return count;
}

BlockSums best_block_sums() {
    BlockSums all[2];
    const size_t found = all_block_sums(all, 2);
    // The variable takes narrower kernels of the decoder too (CTorch/Kernels/InstructionSet.h).
    const char *asked = std::getenv("TAIJI_KERNELS");
    return asked && std::string(asked) != "avx512" ? all[0] : all[found - 1];
}

}  // namespace taiji_faiss
