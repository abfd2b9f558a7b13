#include "TableRows.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/zeros.h>

#include <algorithm>

#include "Parallel.h"

#define TAIJI_KERNEL "TableRowsKernel.h"
#include "ForEachInstructionSet.h"

namespace taiji {

namespace {

/// Numbers below which one thread does the work.
constexpr int64_t NUMBERS_A_TASK = 1 << 16;
/// Parts of a table that tasks sum; more than threads, since some rows come far oftener than others.
constexpr int64_t TABLE_PARTS = 8;

/// Calls body(first, end) for blocks of `count` rows of `width` numbers.
template <class Body> void over_blocks(int64_t count, int64_t width, Body &&body) {
    const int64_t block = std::max<int64_t>(1, NUMBERS_A_TASK / std::max<int64_t>(1, width));
    const int64_t tasks = (count + block - 1) / block;
    if (tasks <= 1) return body(0, count);
    parallel_tasks(tasks, [&](int64_t task) { body(task * block, std::min(count, (task + 1) * block)); });
}

template <class Index>
void take(const float *from, const Index *indices, int64_t count, int64_t width, int64_t row_count, float *to) {
    for (int64_t j = 0; j < count; j++) {
        const int64_t row = indices[j];
        TORCH_CHECK_INDEX(row >= 0 && row < row_count, "index ", row, " is no row of a table of ", row_count);
    }
    over_blocks(count, width, [&](int64_t first, int64_t end) {
        for (int64_t j = first; j < end; j++) {
            std::memcpy(to + j * width, from + indices[j] * width, size_t(width) * sizeof(float));
        }
    });
}

/// Places 0 ..< count by the part of the table that their rows lie in, each part's in their order.
struct PlacesByPart {
    std::vector<int32_t> places;
    std::vector<int64_t> starts;  // of each part, and the end

    template <class Index> PlacesByPart(const Index *indices, int64_t count, int64_t row_count, int64_t parts) {
        const int64_t rows = std::max<int64_t>(1, (row_count + parts - 1) / parts);
        std::vector<uint8_t> part(static_cast<size_t>(count));
        starts.assign(size_t(parts) + 1, 0);
        for (int64_t j = 0; j < count; j++) {
            part[size_t(j)] = uint8_t(indices[j] / rows);
            starts[part[size_t(j)] + size_t(1)]++;
        }
        for (int64_t p = 0; p < parts; p++) starts[size_t(p) + 1] += starts[size_t(p)];
        auto next = starts;
        places.resize(size_t(count));
        for (int64_t j = 0; j < count; j++) places[size_t(next[part[size_t(j)]]++)] = int32_t(j);
    }
};

template <class Index>
void sum(const float *from, const Index *indices, int64_t count, int64_t width, int64_t row_count, float *to) {
    const PlacesByPart by_part(indices, count, row_count, count * width < NUMBERS_A_TASK ? 1 : TABLE_PARTS);
    const auto kernel = TAIJI_BEST(add_rows<Index>);
    parallel_tasks(int64_t(by_part.starts.size()) - 1, [&](int64_t part) {
        const int64_t start = by_part.starts[size_t(part)], end = by_part.starts[size_t(part) + 1];
        kernel(from, indices, by_part.places.data() + start, end - start, width, to);
    });
}

std::vector<int64_t> rows_shape(const at::Tensor &indices, int64_t width) {
    auto shape = indices.sizes().vec();
    shape.push_back(width);
    return shape;
}

}  // namespace

at::Tensor take_rows(const at::Tensor &table, const at::Tensor &indices) {
    TORCH_CHECK(table.dim() == 2, "rows are taken of a table [R, E], not of ", table.sizes());
    const int64_t width = table.size(1);
    auto out = at::empty(rows_shape(indices, width), table.options());
    const auto *from = table.const_data_ptr<float>();
    auto *to = out.data_ptr<float>();
    if (indices.scalar_type() == at::kInt) {
        take(from, indices.const_data_ptr<int32_t>(), indices.numel(), width, table.size(0), to);
    } else {
        take(from, indices.const_data_ptr<int64_t>(), indices.numel(), width, table.size(0), to);
    }
    return out;
}

at::Tensor sum_rows(const at::Tensor &upstream, const at::Tensor &indices, int64_t row_count) {
    const int64_t width = upstream.size(-1);
    auto out = at::zeros({row_count, width}, upstream.options());
    const auto *from = upstream.const_data_ptr<float>();
    auto *to = out.data_ptr<float>();
    if (indices.scalar_type() == at::kInt) {
        sum(from, indices.const_data_ptr<int32_t>(), indices.numel(), width, row_count, to);
    } else {
        sum(from, indices.const_data_ptr<int64_t>(), indices.numel(), width, row_count, to);
    }
    return out;
}

void adam_rows(at::Tensor table, at::Tensor first, at::Tensor second, const at::Tensor &rows, const at::Tensor &gradient,
               const ct_row_adam &step) {
    const int64_t width = table.size(1), count = rows.numel();
    for (const auto &tensor : {table, first, second}) {
        TORCH_CHECK(tensor.is_contiguous() && tensor.scalar_type() == at::kFloat && tensor.sizes() == table.sizes(),
                    "Adam over rows needs contiguous float32 of one shape, found ", tensor.sizes());
    }
    TORCH_CHECK(gradient.sizes() == at::IntArrayRef({count, width}), "Adam over rows needs a gradient of [", count, ", ",
                width, "], found ", gradient.sizes());
    const auto *places = rows.const_data_ptr<int32_t>();
    for (int64_t j = 0; j < count; j++) {
        TORCH_CHECK_INDEX(places[j] >= 0 && places[j] < table.size(0), "index ", places[j], " is no row of a table of ",
                          table.size(0));
    }
    const auto *slopes = gradient.const_data_ptr<float>();
    float *weights = table.data_ptr<float>(), *m = first.data_ptr<float>(), *v = second.data_ptr<float>();
    const auto kernel = TAIJI_BEST(adam_row);
    over_blocks(count, width, [&](int64_t from, int64_t end) {
        for (int64_t j = from; j < end; j++) {
            const int64_t at = places[j] * width;
            kernel(step, slopes + j * width, width, weights + at, m + at, v + at);
        }
    });
}

}  // namespace taiji
