#include <faiss/impl/ProductQuantizer.h>

#include <algorithm>
#include <memory>

#include "Codes.h"
#include "Guard.h"

struct CFQuantizer {
    faiss::ProductQuantizer quantizer;
};

using namespace taiji_faiss;

static std::unique_ptr<CFQuantizer> untrained(size_t width, size_t subquantizers, size_t bits) {
    return std::unique_ptr<CFQuantizer>(new CFQuantizer{{width, subquantizers, bits}});
}

int cf_quantizer_train(const float *vectors, size_t count, size_t width, size_t subquantizers, size_t bits,
                       int seed, int iterations, cf_quantizer *out) {
    return guard([&] {
        auto made = untrained(width, subquantizers, bits);
        made->quantizer.cp.seed = seed;
        made->quantizer.cp.niter = iterations;
        // FAISS prints its warning about few vectors; the caller returns one as a value instead.
        made->quantizer.cp.min_points_per_centroid = 1;
        made->quantizer.train(count, vectors);
        give(out, made.release());
    });
}

int cf_quantizer_make(const float *centroids, size_t width, size_t subquantizers, size_t bits,
                      cf_quantizer *out) {
    return guard([&] {
        auto made = untrained(width, subquantizers, bits);
        auto &table = made->quantizer.centroids;
        std::copy_n(centroids, table.size(), table.data());
        give(out, made.release());
    });
}

void cf_quantizer_free(cf_quantizer quantizer) { release(quantizer); }

int cf_quantizer_centroids(cf_quantizer handle, float *centroids) {
    const auto &table = handle->quantizer.centroids;
    return guard([&] { std::copy(table.begin(), table.end(), centroids); });
}

int cf_quantizer_encode(cf_quantizer handle, const float *vectors, size_t count, uint16_t *codes) {
    return guard([&] { encode(handle->quantizer, handle->quantizer.nbits, vectors, count, codes); });
}

int cf_quantizer_decode(cf_quantizer handle, const uint16_t *codes, size_t count, float *vectors) {
    return guard([&] { decode(handle->quantizer, handle->quantizer.nbits, codes, count, vectors); });
}
