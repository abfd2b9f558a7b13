// Sums of table entries over product codes, 64 codes at a time, in 8 bits: a bound that is cheap to compute.
#pragma once

#include <cstddef>
#include <cstdint>

namespace taiji_faiss {

constexpr size_t CENTROIDS = 256;  // of a part
constexpr size_t BLOCK = 64;       // codes

/// sums[i] = Σ over parts of tables[part][codes[part][i]]; codes [parts][64], tables [parts][256]. At most 257 parts.
using BlockSums = void (*)(const uint8_t *codes, size_t parts, const uint8_t *tables, uint16_t *sums);

/// The fastest that this processor has: AVX-512 with VBMI, whose permutations look up 128 bytes at once, or eight sums at a
/// time. (AVX2's shuffles, which look up 16 bytes, were slower than that.)
BlockSums best_block_sums();
/// All that this processor has, the plainest first.
size_t all_block_sums(BlockSums *out, size_t capacity);

}  // namespace taiji_faiss
