// Codes as one element a place beside FAISS's packed bits, for every quantizer that has `M`, `code_size`, `compute_codes` and
// `decode`.
#pragma once

#include <faiss/impl/ProductQuantizer.h>

#include <cstdint>
#include <vector>

namespace taiji_faiss {

template <class Quantizer>
void encode(const Quantizer &quantizer, size_t bits, const float *vectors, size_t count, uint16_t *codes) {
    std::vector<uint8_t> packed(count * quantizer.code_size);
    quantizer.compute_codes(vectors, packed.data(), count);
    for (size_t row = 0; row < count; row++) {
        faiss::PQDecoderGeneric reader(packed.data() + row * quantizer.code_size, int(bits));
        for (size_t m = 0; m < quantizer.M; m++) codes[row * quantizer.M + m] = uint16_t(reader.decode());
    }
}

template <class Quantizer>
void decode(const Quantizer &quantizer, size_t bits, const uint16_t *codes, size_t count, float *vectors) {
    std::vector<uint8_t> packed(count * quantizer.code_size);
    for (size_t row = 0; row < count; row++) {
        faiss::PQEncoderGeneric writer(packed.data() + row * quantizer.code_size, int(bits));
        for (size_t m = 0; m < quantizer.M; m++) writer.encode(codes[row * quantizer.M + m]);
    }
    quantizer.decode(packed.data(), vectors, count);
}

}  // namespace taiji_faiss
