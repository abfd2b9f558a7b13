#include <faiss/VectorTransform.h>
#include <faiss/impl/ProductQuantizer.h>

#include <algorithm>

#include "Guard.h"

using namespace taiji_faiss;
using Row = faiss::Index::idx_t;

int cf_rotation_train(const float *vectors, size_t count, size_t width, size_t subquantizers, size_t bits, int seed,
                      int iterations, float *rotation) {
    return guard([&] {
        faiss::ProductQuantizer quantizer(width, subquantizers, bits);
        quantizer.cp.seed = seed;
        quantizer.cp.min_points_per_centroid = 1;
        faiss::OPQMatrix matrix{int(width), int(subquantizers), int(width)};
        matrix.pq = &quantizer;
        matrix.niter = iterations;
        matrix.train(Row(count), vectors);
        std::copy(matrix.A.begin(), matrix.A.end(), rotation);
    });
}

int cf_rotate(const float *rotation, const float *vectors, size_t count, size_t width, float *out) {
    return guard([&] {
        faiss::LinearTransform transform{int(width), int(width), false};
        transform.A.assign(rotation, rotation + width * width);
        transform.is_trained = true;
        transform.apply_noalloc(Row(count), vectors, out);
    });
}
