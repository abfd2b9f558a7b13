// The shim of a program that is built without FAISS (`TAIJI_FAISS=off`, Package.swift): every call says so. Not part of
// any other build.
#include "include/CFaiss.h"

static const char absent[] = "this program was built without FAISS, which codes and neighbours of stage 4 need; use one "
                             "that `make build` made";

bool cf_is_built(void) { return false; }
const char *cf_last_error(void) { return absent; }
int64_t cf_live_handles(void) { return 0; }
int cf_set_num_threads(int) { return 0; }
int cf_num_threads(void) { return 1; }

int cf_quantizer_train(const float *, size_t, size_t, size_t, size_t, int, int, cf_quantizer *) { return 1; }
int cf_quantizer_make(const float *, size_t, size_t, size_t, cf_quantizer *) { return 1; }
void cf_quantizer_free(cf_quantizer) {}
int cf_quantizer_centroids(cf_quantizer, float *) { return 1; }
int cf_quantizer_encode(cf_quantizer, const float *, size_t, uint16_t *) { return 1; }
int cf_quantizer_decode(cf_quantizer, const uint16_t *, size_t, float *) { return 1; }

int cf_residual_train(const float *, size_t, size_t, size_t, size_t, int, int, cf_residual *) { return 1; }
int cf_residual_make(const float *, size_t, size_t, size_t, cf_residual *) { return 1; }
void cf_residual_free(cf_residual) {}
int cf_residual_centroids(cf_residual, float *) { return 1; }
int cf_residual_encode(cf_residual, const float *, size_t, uint16_t *) { return 1; }
int cf_residual_decode(cf_residual, const uint16_t *, size_t, float *) { return 1; }

int cf_index_make(const float *, size_t, size_t, cf_index *) { return 1; }
void cf_index_free(cf_index) {}
// No index can be made, so what takes one is never called.
const float *cf_index_vectors(cf_index) { return nullptr; }
int cf_index_search(cf_index, const float *, size_t, size_t, float *, int64_t *) { return 1; }

int cf_live_make(const float *, size_t, size_t, int, size_t, cf_live *) { return 1; }
void cf_live_free(cf_live) {}
size_t cf_live_count(cf_live) { return 0; }
int cf_live_set(cf_live, size_t, const float *) { return 1; }
int cf_live_search(cf_live, const float *, size_t, float *, int64_t *) { return 1; }

int cf_approximate_make(const float *, size_t, size_t, size_t, const char *, const char *, bool, cf_approximate *) { return 1; }
void cf_approximate_free(cf_approximate) {}
int cf_approximate_choose(cf_approximate, int) { return 0; }
int cf_approximate_search(cf_approximate, const float *, size_t, size_t, int64_t *) { return 1; }

int cf_nearest(const float *, size_t, size_t, const float *, size_t, size_t, float *, int64_t *) { return 1; }
int cf_inner_products(const float *, size_t, const float *, size_t, size_t, const int64_t *, float *) { return 1; }
int cf_rotation_train(const float *, size_t, size_t, size_t, size_t, int, int, float *) { return 1; }
int cf_rotate(const float *, const float *, size_t, size_t, float *) { return 1; }
