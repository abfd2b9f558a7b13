#include <faiss/IndexFlat.h>
#include <faiss/IndexScalarQuantizer.h>

#include <algorithm>
#include <memory>
#include <stdexcept>

#include "Guard.h"

struct CFLive {
    std::unique_ptr<faiss::IndexFlatCodes> index;
};

using namespace taiji_faiss;
using Count = faiss::Index::idx_t;

int cf_live_make(const float *vectors, size_t count, size_t width, int bits, size_t capacity,
                 cf_live *out) {
    return guard([&] {
        std::unique_ptr<CFLive> made(new CFLive);
        if (bits == 8) {
            made->index = std::make_unique<faiss::IndexScalarQuantizer>(int(width), faiss::ScalarQuantizer::QT_8bit,
                                                                       faiss::METRIC_INNER_PRODUCT);
            made->index->train(Count(count), vectors);
        } else {
            made->index = std::make_unique<faiss::IndexFlatIP>(Count(width));
        }
        // Pages that nothing was written to take no memory; growing by doubling would hold all rows twice.
        made->index->codes.reserve(capacity * made->index->code_size);
        give(out, made.release());
    });
}

void cf_live_free(cf_live index) { release(index); }

size_t cf_live_count(cf_live handle) { return size_t(handle->index->ntotal); }

int cf_live_set(cf_live handle, size_t row, const float *vector) {
    return guard([&] {
        auto &index = *handle->index;
        if (row > size_t(index.ntotal)) throw std::out_of_range("a row beyond the end");
        if (row == size_t(index.ntotal)) {
            index.add(1, vector);
        } else {
            index.sa_encode(1, vector, index.codes.data() + row * index.code_size);
        }
    });
}

int cf_live_search(cf_live handle, const float *query, size_t k, float *scores, int64_t *rows) {
    return guard([&] { handle->index->search(1, query, Count(k), scores, rows); });
}
