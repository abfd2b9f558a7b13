// A search of FAISS's inverted lists of product codes by inner product, whose loops are written for processors that Debian's
// FAISS is not compiled for. What it finds is what FAISS finds: sums in 8 bits only rule out codes.
#pragma once

#include <faiss/IndexIVFPQ.h>

#include <cstdint>
#include <memory>
#include <vector>

#include "BlockSums.h"

namespace taiji_faiss {

class InvertedScan {
  public:
    /// Takes over the lists of an index whose codes are 8 bits a part and whose metric is the inner product; nothing for
    /// another one. The index, whose lists are empty afterwards, must outlive it.
    static std::unique_ptr<InvertedScan> of(faiss::Index *index);

    /// The rows of the k largest sums of each query's `nprobe` nearest lists, largest first; -1 where there are fewer. A sum is
    /// that of the list's centroid and of the code's parts. Equal sums: the smaller row first.
    void search(const float *queries, size_t count, size_t k, int threads, int64_t *rows) const;

    /// What computes the bounds; of `all_block_sums`.
    BlockSums sums = best_block_sums();

  private:
    struct List {
        std::vector<uint8_t> codes;  // [blocks][parts][64]
        std::vector<int64_t> rows;
    };
    struct Query;

    explicit InvertedScan(faiss::IndexIVFPQ &index);
    void scan(const List &list, float base, Query &query) const;

    const faiss::IndexIVFPQ &index;
    size_t parts;
    std::vector<List> lists;
    /// [parts][d / parts][256]: one number of all centroids of a part after another, so that a table's sums lie side by side.
    std::vector<float> centroids;
};

}  // namespace taiji_faiss
