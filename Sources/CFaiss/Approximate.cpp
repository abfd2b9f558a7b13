#include <faiss/AutoTune.h>
#include <faiss/index_factory.h>
#include <faiss/utils/distances.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <vector>

#include "Guard.h"
#include "InvertedScan.h"

struct CFApproximate {
    std::unique_ptr<faiss::Index> index;
    /// Searches in place of the index where it can.
    std::unique_ptr<taiji_faiss::InvertedScan> scan;
};

using namespace taiji_faiss;
using Row = faiss::Index::idx_t;

// HNSW's graph depends on the order in which threads insert; one thread makes the same graph every time.
extern "C" void omp_set_num_threads(int);

int cf_approximate_make(const float *vectors, size_t count, size_t width, size_t training, const char *description,
                        const char *parameters, bool plainly, cf_approximate *out) {
    return guard([&] {
        auto made = std::make_unique<CFApproximate>();
        made->index.reset(faiss::index_factory(int(width), description, faiss::METRIC_INNER_PRODUCT));
        if (!made->index->is_trained) made->index->train(Row(std::min(training, count)), vectors);
        if (std::strncmp(description, "HNSW", 4) == 0) omp_set_num_threads(1);
        const size_t block = 1 << 16;
        for (size_t start = 0; start < count; start += block) {
            made->index->add(Row(std::min(block, count - start)), vectors + start * width);
        }
        faiss::ParameterSpace().set_index_parameters(made->index.get(), parameters);
        if (!plainly) made->scan = InvertedScan::of(made->index.get());
        give(out, made.release());
    });
}

int cf_approximate_choose(cf_approximate handle, int loop) {
    if (!handle->scan) return 0;
    BlockSums all[8];
    const size_t count = all_block_sums(all, 8);
    if (loop >= 0 && size_t(loop) < count) handle->scan->sums = all[loop];
    return int(count);
}

void cf_approximate_free(cf_approximate index) { release(index); }

int cf_approximate_search(cf_approximate handle, const float *queries, size_t count, size_t k, int64_t *rows) {
    return guard([&] {
        if (handle->scan) return handle->scan->search(queries, count, k, cf_num_threads(), rows);
        std::vector<float> scores(count * k);
        handle->index->search(Row(count), queries, Row(k), scores.data(), rows);
    });
}

// FAISS's own is one addition after another where it is compiled for any x86-64; sixteen sums side by side are in registers
// everywhere.
static float inner_product(const float *a, const float *b, size_t width) {
    const size_t lanes = 16;
    float sums[lanes] = {};
    size_t place = 0;
    for (; place + lanes <= width; place += lanes) {
        for (size_t lane = 0; lane < lanes; lane++) sums[lane] += a[place + lane] * b[place + lane];
    }
    for (; place < width; place++) sums[0] += a[place] * b[place];
    float sum = 0;
    for (float part : sums) sum += part;
    return sum;
}

int cf_nearest(const float *vectors, size_t count, size_t width, const float *queries, size_t query_count, size_t k,
               float *scores, int64_t *rows) {
    return guard([&] {
        faiss::knn_inner_product(queries, vectors, width, query_count, count, k, scores, rows);
    });
}

int cf_inner_products(const float *vectors, size_t width, const float *queries, size_t count, size_t k,
                      const int64_t *rows, float *scores) {
    return guard([&] {
        for (size_t place = 0; place < count * k; place++) {
            if (rows[place] < 0) continue;
            scores[place] = inner_product(queries + place / k * width, vectors + size_t(rows[place]) * width, width);
        }
    });
}
