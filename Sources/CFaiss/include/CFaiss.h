// C view of the FAISS calls that Taiji makes: opaque handles, no logic.
//
// Inputs are borrowed. An output handle is owned by the caller and written only on success. Every fallible
// call returns 0 on success; otherwise `cf_last_error` holds the message of this thread until the next
// failing call. Matrices are row by row, float32.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct CFQuantizer *cf_quantizer;
typedef struct CFIndex *cf_index;

#define CF_CALL __attribute__((warn_unused_result)) int

/// Whether FAISS is part of this program; without it, every fallible call below fails, but for the number of threads.
bool cf_is_built(void);
const char *_Nonnull cf_last_error(void);
/// Handles that were made and not freed, for the leak test.
int64_t cf_live_handles(void);
/// Threads of one call, for the whole process; 1 until it is set.
CF_CALL cf_set_num_threads(int count);
int cf_num_threads(void);

// Product quantizer: M sub-quantizers of 2^bits centroids each.
CF_CALL cf_quantizer_train(const float *_Nonnull vectors, size_t count, size_t width, size_t subquantizers,
                           size_t bits, int seed, int iterations, cf_quantizer _Nullable *_Nonnull out);
/// `centroids` is [M, 2^bits, width / M].
CF_CALL cf_quantizer_make(const float *_Nonnull centroids, size_t width, size_t subquantizers, size_t bits,
                          cf_quantizer _Nullable *_Nonnull out);
void cf_quantizer_free(cf_quantizer _Nullable quantizer);
CF_CALL cf_quantizer_centroids(cf_quantizer _Nonnull quantizer, float *_Nonnull centroids);
/// `codes` is [count, M], one element a sub-quantizer.
CF_CALL cf_quantizer_encode(cf_quantizer _Nonnull quantizer, const float *_Nonnull vectors, size_t count,
                            uint16_t *_Nonnull codes);
CF_CALL cf_quantizer_decode(cf_quantizer _Nonnull quantizer, const uint16_t *_Nonnull codes, size_t count,
                            float *_Nonnull vectors);

// Residual quantizer: M stages of 2^bits centroids each, every one of what the stages before it left.
typedef struct CFResidual *cf_residual;
CF_CALL cf_residual_train(const float *_Nonnull vectors, size_t count, size_t width, size_t stages, size_t bits, int seed,
                          int iterations, cf_residual _Nullable *_Nonnull out);
/// `centroids` is [M, 2^bits, width].
CF_CALL cf_residual_make(const float *_Nonnull centroids, size_t width, size_t stages, size_t bits,
                         cf_residual _Nullable *_Nonnull out);
void cf_residual_free(cf_residual _Nullable quantizer);
CF_CALL cf_residual_centroids(cf_residual _Nonnull quantizer, float *_Nonnull centroids);
CF_CALL cf_residual_encode(cf_residual _Nonnull quantizer, const float *_Nonnull vectors, size_t count,
                           uint16_t *_Nonnull codes);
CF_CALL cf_residual_decode(cf_residual _Nonnull quantizer, const uint16_t *_Nonnull codes, size_t count,
                           float *_Nonnull vectors);

// Exact inner-product index.
CF_CALL cf_index_make(const float *_Nonnull vectors, size_t count, size_t width,
                      cf_index _Nullable *_Nonnull out);
void cf_index_free(cf_index _Nullable index);
/// The vectors as they were added; valid while the index lives.
const float *_Nonnull cf_index_vectors(cf_index _Nonnull index);
/// `scores` and `rows` are [count, k], best first; k is at most the number of vectors.
CF_CALL cf_index_search(cf_index _Nonnull index, const float *_Nonnull queries, size_t count, size_t k,
                        float *_Nonnull scores, int64_t *_Nonnull rows);

/// An index whose rows can be added and replaced one by one; rows are numbered from 0.
typedef struct CFLive *cf_live;

/// `bits` is 32 for float32 rows, or 8 for a byte a number, which `count` vectors train. Room is kept for `capacity` rows.
CF_CALL cf_live_make(const float *_Nullable vectors, size_t count, size_t width, int bits, size_t capacity,
                     cf_live _Nullable *_Nonnull out);
void cf_live_free(cf_live _Nullable index);
size_t cf_live_count(cf_live _Nonnull index);
/// Replaces a row, or adds one where `row` is the number of rows.
CF_CALL cf_live_set(cf_live _Nonnull index, size_t row, const float *_Nonnull vector);
/// Inner products of `k` nearest rows, nearest first.
CF_CALL cf_live_search(cf_live _Nonnull index, const float *_Nonnull query, size_t k, float *_Nonnull scores,
                       int64_t *_Nonnull rows);

// Approximate inner-product index over vectors that are given, as FAISS's index factory describes one ("HNSW32,Flat",
// "IVF1024,PQ48"), with its search-time parameters ("efSearch=64", "nprobe=16").
typedef struct CFApproximate *cf_approximate;
/// Trains on the first `training` of the vectors and adds all of them, a block at a time. Loops of ours search inverted lists of
/// 8-bit product codes (InvertedScan.h), unless FAISS is to search them `plainly`, for comparison.
CF_CALL cf_approximate_make(const float *_Nonnull vectors, size_t count, size_t width, size_t training,
                            const char *_Nonnull description, const char *_Nonnull parameters,
                            bool plainly, cf_approximate _Nullable *_Nonnull out);
void cf_approximate_free(cf_approximate _Nullable index);
/// Which of the processor's loops bounds sums of product codes, 0 the plainest; the best one is chosen otherwise. Returns how
/// many there are, 0 where FAISS itself searches.
int cf_approximate_choose(cf_approximate _Nonnull index, int loop);
/// `rows` is [count, k], best first; -1 where fewer were found.
CF_CALL cf_approximate_search(cf_approximate _Nonnull index, const float *_Nonnull queries, size_t count, size_t k,
                              int64_t *_Nonnull rows);

/// Exact search of vectors that stay where they are: `scores` and `rows` are [queries, k], best first; k is at most
/// `count`.
CF_CALL cf_nearest(const float *_Nonnull vectors, size_t count, size_t width, const float *_Nonnull queries,
                   size_t query_count, size_t k, float *_Nonnull scores, int64_t *_Nonnull rows);

/// Inner products of each query with the vectors of its rows, `scores` [count, k]; rows below 0 are left out.
CF_CALL cf_inner_products(const float *_Nonnull vectors, size_t width, const float *_Nonnull queries, size_t count,
                          size_t k, const int64_t *_Nonnull rows, float *_Nonnull scores);

// A rotation before a product quantizer (OPQ, Ge et al., 2013).
/// `rotation` is [width, width]: y = rotation x.
CF_CALL cf_rotation_train(const float *_Nonnull vectors, size_t count, size_t width, size_t subquantizers, size_t bits,
                          int seed, int iterations, float *_Nonnull rotation);
/// `out` is [count, width].
CF_CALL cf_rotate(const float *_Nonnull rotation, const float *_Nonnull vectors, size_t count, size_t width,
                  float *_Nonnull out);

#ifdef __cplusplus
}
#endif
