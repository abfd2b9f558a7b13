// How segments of a packed sequence are cut into blocks that fused kernels take: their own tokens side by side, padded to
// like lengths, and the prompt that several continuations see whole, once for all of them.
#pragma once

#include <ATen/core/Tensor.h>

#include <vector>

namespace taiji::composed {

/// Segments of like length side by side.
struct OwnBlock {
    int64_t segments, length;  ///< B, L
    at::Tensor rows;           ///< int64 [B · L]: tokens; a short segment repeats its last one
    at::Tensor kept;           ///< int64 [N]: places in `rows` that are no repetition
    at::Tensor tokens;         ///< int64 [N]: the token of each kept place
    at::Tensor is_kept;        ///< float32 [B · L]: 1 at kept places, 0 elsewhere
};

/// Continuations next to each other, and the prompt that all of them see.
struct PrefixBlock {
    int64_t first, last;  ///< tokens of the continuations
    int64_t start, end;   ///< tokens of the prompt
};

struct SegmentBlocks {
    std::vector<OwnBlock> own;
    std::vector<PrefixBlock> prefixes;

    /// - segments: int64 [S, 4] in the processor's memory: start, end, and the start and end of a prefix.
    /// - like: [T, …] on the device where the blocks are read.
    SegmentBlocks(const at::Tensor &segments, const at::Tensor &like);
};

}  // namespace taiji::composed
