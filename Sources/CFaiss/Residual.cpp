#include <faiss/impl/ResidualQuantizer.h>

#include <algorithm>
#include <memory>

#include "Codes.h"
#include "Guard.h"

struct CFResidual {
    faiss::ResidualQuantizer quantizer;
    size_t bits;
};

using namespace taiji_faiss;

static std::unique_ptr<CFResidual> untrained(size_t width, size_t stages, size_t bits) {
    auto made = std::unique_ptr<CFResidual>(new CFResidual{{width, stages, bits}, bits});
    auto &quantizer = made->quantizer;
    // Growing dimensions begin with a PCA that wants as many vectors as they are wide. The tables of products, which grow
    // with the square of all centroids, serve a search that nobody makes here.
    quantizer.train_type = faiss::ResidualQuantizer::Train_default | faiss::ResidualQuantizer::Skip_codebook_tables;
    // FAISS 1.7.3 packs codes as if the beam were full: it must not be wider than there are codes.
    quantizer.max_beam_size = int(std::min<size_t>(5, size_t(1) << std::min<size_t>(stages * bits, 3)));
    return made;
}

int cf_residual_train(const float *vectors, size_t count, size_t width, size_t stages, size_t bits, int seed,
                      int iterations, cf_residual *out) {
    return guard([&] {
        auto made = untrained(width, stages, bits);
        made->quantizer.cp.seed = seed;
        made->quantizer.cp.niter = iterations;
        made->quantizer.cp.min_points_per_centroid = 1;
        made->quantizer.train(count, vectors);
        give(out, made.release());
    });
}

int cf_residual_make(const float *centroids, size_t width, size_t stages, size_t bits, cf_residual *out) {
    return guard([&] {
        auto made = untrained(width, stages, bits);
        auto &quantizer = made->quantizer;
        quantizer.codebooks.assign(centroids, centroids + stages * (size_t(1) << bits) * width);
        quantizer.is_trained = true;
        give(out, made.release());
    });
}

void cf_residual_free(cf_residual quantizer) { release(quantizer); }

int cf_residual_centroids(cf_residual handle, float *centroids) {
    const auto &table = handle->quantizer.codebooks;
    return guard([&] { std::copy(table.begin(), table.end(), centroids); });
}

int cf_residual_encode(cf_residual handle, const float *vectors, size_t count, uint16_t *codes) {
    return guard([&] { encode(handle->quantizer, handle->bits, vectors, count, codes); });
}

int cf_residual_decode(cf_residual handle, const uint16_t *codes, size_t count, float *vectors) {
    return guard([&] { decode(handle->quantizer, handle->bits, codes, count, vectors); });
}
