#include "BlockSums.h"

#include <algorithm>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace taiji_faiss {

namespace {

void plain(const uint8_t *codes, size_t parts, const uint8_t *tables, uint16_t *sums) {
    std::fill_n(sums, BLOCK, uint16_t(0));
    for (size_t part = 0; part < parts; part++, codes += BLOCK, tables += CENTROIDS) {
        for (size_t i = 0; i < BLOCK; i++) sums[i] = uint16_t(sums[i] + tables[codes[i]]);
    }
}

#if defined(__x86_64__)
/// Sums of even and odd bytes lie in lanes of their own; back to the order of the codes.
void write(const uint16_t *even, const uint16_t *odd, size_t count, uint16_t *sums) {
    for (size_t i = 0; i < count; i++) {
        sums[2 * i] = even[i];
        sums[2 * i + 1] = odd[i];
    }
}

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
    write(evens, odds, 32, sums);
}

__attribute__((target("avx2"))) void shuffling(const uint8_t *codes, size_t parts, const uint8_t *tables, uint16_t *sums) {
    const __m256i low_byte = _mm256_set1_epi16(0xFF), past = _mm256_set1_epi8(0x70);
    for (size_t half = 0; half < BLOCK; half += 32) {
        __m256i even = _mm256_setzero_si256(), odd = _mm256_setzero_si256();
        for (size_t part = 0; part < parts; part++) {
            const __m256i code = _mm256_loadu_si256(reinterpret_cast<const __m256i *>(codes + part * BLOCK + half));
            const uint8_t *table = tables + part * CENTROIDS;
            __m256i found = _mm256_setzero_si256();
            // A shuffle gives 0 where an index has its highest bit, which only the sixteen entries of this turn have not.
            for (int turn = 0; turn < 16; turn++) {
                const __m256i entries = _mm256_broadcastsi128_si256(
                    _mm_loadu_si128(reinterpret_cast<const __m128i *>(table + turn * 16)));
                const __m256i index = _mm256_adds_epu8(_mm256_xor_si256(code, _mm256_set1_epi8(char(turn << 4))), past);
                found = _mm256_or_si256(found, _mm256_shuffle_epi8(entries, index));
            }
            even = _mm256_add_epi16(even, _mm256_and_si256(found, low_byte));
            odd = _mm256_add_epi16(odd, _mm256_srli_epi16(found, 8));
        }
        alignas(32) uint16_t evens[16], odds[16];
        _mm256_store_si256(reinterpret_cast<__m256i *>(evens), even);
        _mm256_store_si256(reinterpret_cast<__m256i *>(odds), odd);
        write(evens, odds, 16, sums + half);
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
    if (__builtin_cpu_supports("avx2")) add(shuffling);
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vbmi")) {
        add(permuting);
    }
#endif
    return count;
}

BlockSums best_block_sums() {
    BlockSums all[3];
    return all[all_block_sums(all, 3) - 1];
}

}  // namespace taiji_faiss
