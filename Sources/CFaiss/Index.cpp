#include <faiss/IndexFlat.h>

#include <memory>

#include "Guard.h"

struct CFIndex {
    faiss::IndexFlatIP index;
};

using namespace taiji_faiss;

int cf_index_make(const float *vectors, size_t count, size_t width, cf_index *out) {
    return guard([&] {
        std::unique_ptr<CFIndex> made(new CFIndex{faiss::IndexFlatIP(faiss::Index::idx_t(width))});
        made->index.add(faiss::Index::idx_t(count), vectors);
        give(out, made.release());
    });
}

void cf_index_free(cf_index index) { release(index); }

const float *cf_index_vectors(cf_index handle) { return handle->index.get_xb(); }

int cf_index_search(cf_index handle, const float *queries, size_t count, size_t k, float *scores,
                    int64_t *rows) {
    return guard([&] {
        handle->index.search(faiss::Index::idx_t(count), queries, faiss::Index::idx_t(k), scores, rows);
    });
}
