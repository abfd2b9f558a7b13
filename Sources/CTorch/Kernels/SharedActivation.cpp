#include "SharedActivation.h"

#include <ATen/ops/empty.h>

#include <algorithm>
#include <memory>
#include <unordered_map>
#include <vector>

#define TAIJI_KERNEL "SharedActivationKernel.h"
#include "ForEachInstructionSet.h"

namespace taiji {

namespace {

int64_t padded(int64_t count) { return (count + 15) / 16 * 16; }

/// Rows of `matrix`, each filled with zeros to a multiple of 16 numbers.
std::vector<float> padded_rows(const at::Tensor &matrix) {
    const int64_t columns = matrix.size(-1), rows = columns ? matrix.numel() / columns : 0, full = padded(columns);
    std::vector<float> result(size_t(rows * full), 0.0f);
    const float *from = matrix.const_data_ptr<float>();
    for (int64_t r = 0; r < rows; r++) std::copy_n(from + r * columns, columns, result.begin() + r * full);
    return result;
}

/// The distinct rows of one field, and the place of each entry's among them.
struct Distinct {
    std::vector<int32_t> rows;
    std::vector<int64_t> places;

    Distinct(const int32_t *entries, int64_t count, int64_t fields, int64_t field) : places(size_t(count)) {
        std::unordered_map<int32_t, int64_t> known;
        for (int64_t i = 0; i < count; i++) {
            const int32_t row = entries[i * fields + field];
            const auto [found, isNew] = known.try_emplace(row, int64_t(rows.size()));
            if (isNew) rows.push_back(row);
            places[size_t(i)] = found->second;
        }
    }
};

/// One field: its distinct values, and the tables of the candidates' values.
struct Field {
    Distinct candidates, behaviors;
    std::vector<float> values;  // embeddings of the behaviours' distinct rows, [U, E]
    std::unique_ptr<float[]> tables;  // of every distinct value of the candidates, or of one at a time; not cleared
    bool keeps_all;

    Field(const SharedActivation &unit, int64_t field, int64_t full)
        : candidates(unit.candidates.const_data_ptr<int32_t>(), unit.candidates.size(0), unit.candidates.size(1), field),
          behaviors(unit.behaviors.const_data_ptr<int32_t>(), unit.behaviors.size(0), unit.behaviors.size(1), field) {
        const int64_t width = unit.table.size(1);
        const float *table = unit.table.const_data_ptr<float>();
        for (const int32_t row : behaviors.rows) values.insert(values.end(), table + row * width, table + (row + 1) * width);
        // Values that hardly repeat are not worth keeping: one table stays in the nearest cache.
        keeps_all = 2 * int64_t(candidates.rows.size()) <= unit.candidates.size(0);
        tables.reset(new float[(keeps_all ? candidates.rows.size() : 1) * behaviors.rows.size() * size_t(full)]);
    }
};

}  // namespace

void SharedActivation::check() const {
    const int64_t count = candidates.size(0), fields = candidates.size(-1), length = behaviors.size(0);
    const int64_t hidden = product.size(-1);
    const bool fits = candidates.dim() == 2 && behaviors.dim() == 2 && behaviors.size(1) == fields && table.dim() == 2 &&
                      product.sizes() == at::IntArrayRef({fields * table.size(1), hidden}) &&
                      offsets.sizes() == at::IntArrayRef({count, hidden}) &&
                      base.sizes() == at::IntArrayRef({length, hidden}) && slope.numel() == hidden &&
                      output.numel() == hidden && bias.numel() == 1;
    TORCH_CHECK(fits, "a shared activation cannot mix ", candidates.sizes(), ", ", behaviors.sizes(), ", ", table.sizes(),
                ", ", offsets.sizes(), ", ", base.sizes(), " and ", product.sizes());
    for (const auto &tensor : {table, offsets, base, product, slope, output, bias}) {
        TORCH_CHECK(tensor.is_contiguous() && tensor.scalar_type() == at::kFloat,
                    "a shared activation needs contiguous float32");
    }
    for (const auto &tensor : {candidates, behaviors}) {
        TORCH_CHECK(tensor.is_contiguous() && tensor.scalar_type() == at::kInt, "a shared activation needs int32 rows");
        const int32_t *rows = tensor.const_data_ptr<int32_t>();
        for (int64_t i = 0; i < tensor.numel(); i++) {
            TORCH_CHECK(rows[i] >= 0 && rows[i] < table.size(0), "row ", rows[i], " is not of a table of ", table.size(0));
        }
    }
}

at::Tensor SharedActivation::weights() const {
    const int64_t count = candidates.size(0), fields = candidates.size(1), length = behaviors.size(0);
    const int64_t width = table.size(1), full = padded(product.size(1));
    auto result = at::empty({count, length}, offsets.options());
    if (count == 0 || length == 0) return result;
    const auto fullProduct = padded_rows(product), fullSlope = padded_rows(slope), fullOutput = padded_rows(output);
    const auto fullOffsets = padded_rows(offsets), fullBase = padded_rows(base);
    std::vector<Field> all;
    all.reserve(size_t(fields));
    std::vector<int64_t> places(size_t(fields * length));
    for (int64_t f = 0; f < fields; f++) {
        all.emplace_back(*this, f, full);
        std::copy(all.back().behaviors.places.begin(), all.back().behaviors.places.end(), places.begin() + f * length);
    }
    std::vector<float> work(size_t(width * full));
    const auto make_table = TAIJI_BEST(pair_table);
    const auto make_weights = TAIJI_BEST(candidate_weights);
    const float *embeddings = table.const_data_ptr<float>();
    const auto fill = [&](Field &field, int64_t f, int64_t value, float *into) {
        make_table(embeddings + field.candidates.rows[size_t(value)] * width, field.values.data(),
                   fullProduct.data() + f * width * full, int64_t(field.behaviors.rows.size()), width, full, work.data(),
                   into);
    };
    std::vector<int64_t> sizes(static_cast<size_t>(fields));
    for (int64_t f = 0; f < fields; f++) {
        auto &field = all[size_t(f)];
        sizes[size_t(f)] = int64_t(field.behaviors.rows.size()) * full;
        for (size_t v = 0; field.keeps_all && v < field.candidates.rows.size(); v++) {
            fill(field, f, int64_t(v), field.tables.get() + int64_t(v) * sizes[size_t(f)]);
        }
    }
    std::vector<const float *> tables(static_cast<size_t>(fields));
    for (int64_t n = 0; n < count; n++) {
        for (int64_t f = 0; f < fields; f++) {
            auto &field = all[size_t(f)];
            const int64_t value = field.candidates.places[size_t(n)];
            if (!field.keeps_all) fill(field, f, value, field.tables.get());
            tables[size_t(f)] = field.tables.get() + (field.keeps_all ? value * sizes[size_t(f)] : 0);
        }
        const SharedCandidate row{.offset = fullOffsets.data() + n * full,
                                  .base = fullBase.data(),
                                  .tables = tables.data(),
                                  .places = places.data(),
                                  .slope = fullSlope.data(),
                                  .output = fullOutput.data(),
                                  .bias = *bias.const_data_ptr<float>(),
                                  .fields = fields,
                                  .length = length,
                                  .full_hidden = full};
        make_weights(row, result.data_ptr<float>() + n * length);
    }
    return result;
}

}  // namespace taiji
