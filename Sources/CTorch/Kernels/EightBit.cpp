#include "EightBit.h"

#include <ATen/ops/empty.h>

#include <vector>

#include "../Devices.h"
#include "EightBitSets.h"
#include "Parallel.h"
#include "Rows.h"

namespace taiji {

namespace {

/// Blocks of 16 outputs a task.
constexpr int64_t BLOCKS_A_TASK = 4;
/// Most inputs whose products, 255 · 127 at most, fit into a sum of 32 bits.
constexpr int64_t MOST_INPUTS = 65536;

int64_t padded(int64_t width) { return (width + 3) / 4 * 4; }

/// Rounds up to 16 float32 rows `[rows, width]` into a block; rows that are missing are zeros.
void round_block(const float *from, int64_t rows, int64_t width, uint8_t *block) {
    const auto round = TAIJI_EIGHT_BIT(eight_bit_row);
    const int64_t inputs = padded(width);
    std::vector<int8_t> numbers(static_cast<size_t>(inputs));
    float scales[16] = {};
    std::memset(block, 128, size_t(inputs * 16));
    for (int64_t o = 0; o < rows; o++) {
        round(from + o * width, width, inputs, numbers.data(), scales + o);
        for (int64_t k = 0; k < inputs; k += 4) {
            uint32_t four;
            std::memcpy(&four, numbers.data() + k, 4);
            four ^= 0x80808080u;  // plus 128, byte by byte
            std::memcpy(block + k * 16 + o * 4, &four, 4);
        }
    }
    std::memcpy(block + inputs * 16, scales, sizeof scales);
}

}  // namespace

at::Tensor eight_bit_weight(const at::Tensor &weight) {
    TORCH_CHECK(weight.dim() == 2 && weight.is_cpu() && weight.size(1) <= MOST_INPUTS,
                "8-bit weights are made of matrices of at most ", MOST_INPUTS, " inputs on the processor, found ",
                weight.sizes(), " on ", weight.device());
    const int64_t outputs = weight.size(0), width = weight.size(1), blocks = (outputs + 15) / 16;
    const int64_t size = eight_bit_block_size(padded(width));
    auto out = at::empty({blocks * 16, padded(width) + 4}, weight.options().dtype(at::kByte));
    auto *bytes = out.data_ptr<uint8_t>();
    // 8,192 rows at a time, since narrower weights are widened first.
    for (int64_t first = 0; first < blocks; first += 512) {
        const int64_t end = std::min(outputs, (first + 512) * 16);
        const auto part = weight.slice(0, first * 16, end).to(at::kFloat).contiguous();
        const auto *from = part.const_data_ptr<float>();
        parallel_tasks((part.size(0) + 15) / 16, [&](int64_t block) {
            const int64_t rows = std::min<int64_t>(16, part.size(0) - block * 16);
            round_block(from + block * 16 * width, rows, width, bytes + (first + block) * size);
        });
    }
    return out.narrow(0, 0, outputs);
}

at::Tensor project_eight_bit(const at::Tensor &x, const at::Tensor &weight, const at::Tensor &bias) {
    TORCH_CHECK(is_native(x) && x.scalar_type() == at::kFloat, "8-bit weights need float32 rows on the processor, found ",
                x.scalar_type(), " on ", x.device());
    const int64_t rows = x.size(0), width = x.size(1), inputs = padded(width), outputs = weight.size(0);
    TORCH_CHECK(weight.size(1) == inputs + 4, "cannot multiply ", x.sizes(), " by the transpose of 8-bit weights of ",
                weight.size(1) - 4, " inputs");
    const auto from = x.contiguous();
    const auto *numbers = from.const_data_ptr<float>();
    std::vector<int8_t> rounded(size_t(rows * inputs));
    std::vector<float> scales(static_cast<size_t>(rows));
    std::vector<int32_t> sums(static_cast<size_t>(rows));
    const auto round = TAIJI_EIGHT_BIT(eight_bit_row);
    const auto multiply = TAIJI_EIGHT_BIT(eight_bit_linear);
    const int64_t share = 64;
    const auto round_rows = [&](int64_t task) {
        for (int64_t r = task * share; r < std::min(rows, (task + 1) * share); r++) {
            sums[size_t(r)] = round(numbers + r * width, width, inputs, rounded.data() + r * inputs, &scales[size_t(r)]);
        }
    };
    if (rows <= share) {
        round_rows(0);
    } else {
        parallel_tasks((rows + share - 1) / share, round_rows);
    }
    auto y = at::empty({rows, outputs}, from.options());
    const EightBitRows activations{rounded.data(), rows, inputs, scales.data(), sums.data()};
    const auto *bytes = weight.const_data_ptr<uint8_t>();
    const auto *offset = bias.defined() ? bias.const_data_ptr<float>() : nullptr;
    auto *to = y.data_ptr<float>();
    const int64_t blocks = (outputs + 15) / 16;
    parallel_tasks((blocks + BLOCKS_A_TASK - 1) / BLOCKS_A_TASK, [&](int64_t task) {
        const int64_t first = task * BLOCKS_A_TASK;
        multiply(activations, bytes, offset, to, outputs, first, std::min(blocks, first + BLOCKS_A_TASK));
    });
    return y;
}

}  // namespace taiji
