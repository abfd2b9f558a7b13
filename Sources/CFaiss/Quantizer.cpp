#include <faiss/impl/ProductQuantizer.h>

#include <algorithm>
#include <memory>
#include <vector>

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
    return guard([&] {
        const auto &quantizer = handle->quantizer;
        std::vector<uint8_t> packed(count * quantizer.code_size);
        quantizer.compute_codes(vectors, packed.data(), count);
        for (size_t row = 0; row < count; row++) {
            faiss::PQDecoderGeneric bits(packed.data() + row * quantizer.code_size, int(quantizer.nbits));
            for (size_t m = 0; m < quantizer.M; m++) codes[row * quantizer.M + m] = uint16_t(bits.decode());
        }
    });
}

int cf_quantizer_decode(cf_quantizer handle, const uint16_t *codes, size_t count, float *vectors) {
    return guard([&] {
        const auto &quantizer = handle->quantizer;
        std::vector<uint8_t> packed(count * quantizer.code_size);
        for (size_t row = 0; row < count; row++) {
            faiss::PQEncoderGeneric bits(packed.data() + row * quantizer.code_size, int(quantizer.nbits));
            for (size_t m = 0; m < quantizer.M; m++) bits.encode(codes[row * quantizer.M + m]);
        }
        quantizer.decode(packed.data(), vectors, count);
    });
}
