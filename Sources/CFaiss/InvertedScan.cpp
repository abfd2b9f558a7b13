#include "InvertedScan.h"

#include <faiss/invlists/InvertedLists.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <limits>
#include <thread>

namespace taiji_faiss {

namespace {

struct Candidate {
    float sum;
    int64_t row;
    /// Whether this one comes before another; the heap's top is the last of them.
    bool operator<(const Candidate &other) const { return sum != other.sum ? sum > other.sum : row < other.row; }
};

/// The k best candidates, the worst on top.
class Best {
  public:
    explicit Best(size_t k) : k(k) { heap.reserve(k); }

    /// What a candidate's sum must reach.
    float least() const { return heap.size() == k ? heap.front().sum : -std::numeric_limits<float>::infinity(); }

    void offer(const Candidate &candidate) {
        if (heap.size() == k) {
            if (!(candidate < heap.front())) return;
            std::pop_heap(heap.begin(), heap.end());
            heap.back() = candidate;
        } else {
            heap.push_back(candidate);
        }
        std::push_heap(heap.begin(), heap.end());
    }

    void write(int64_t *rows) {
        std::sort(heap.begin(), heap.end());
        for (size_t place = 0; place < k; place++) rows[place] = place < heap.size() ? heap[place].row : -1;
        heap.clear();
    }

  private:
    size_t k;
    std::vector<Candidate> heap;
};

#if defined(__x86_64__)
#define FOR_WIDE_REGISTERS __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define FOR_WIDE_REGISTERS
#endif

/// Inner products of a query with all centroids, [parts][256].
FOR_WIDE_REGISTERS void fill_tables(const float *query, const float *centroids, size_t parts, size_t width, float *tables) {
    for (size_t part = 0; part < parts; part++, tables += CENTROIDS) {
        for (size_t i = 0; i < CENTROIDS; i++) tables[i] = 0;
        for (size_t place = 0; place < width; place++, query++, centroids += CENTROIDS) {
            const float factor = *query;
            for (size_t i = 0; i < CENTROIDS; i++) tables[i] += factor * centroids[i];
        }
    }
}

/// The smallest entry of each part; gives the largest distance of a part's entries.
FOR_WIDE_REGISTERS float smallest_entries(const float *tables, size_t parts, float *smallest) {
    constexpr size_t LANES = 16;
    float widest = 0;
    for (size_t part = 0; part < parts; part++, tables += CENTROIDS) {
        float low[LANES], high[LANES];
        for (size_t lane = 0; lane < LANES; lane++) low[lane] = high[lane] = tables[lane];
        for (size_t first = LANES; first < CENTROIDS; first += LANES) {
            for (size_t lane = 0; lane < LANES; lane++) {
                const float entry = tables[first + lane];
                low[lane] = entry < low[lane] ? entry : low[lane];
                high[lane] = entry > high[lane] ? entry : high[lane];
            }
        }
        for (size_t lane = 1; lane < LANES; lane++) {
            low[0] = low[lane] < low[0] ? low[lane] : low[0];
            high[0] = high[lane] > high[0] ? high[lane] : high[0];
        }
        smallest[part] = low[0];
        widest = high[0] - low[0] > widest ? high[0] - low[0] : widest;
    }
    return widest;
}

/// (entry − smallest of its part) / step, rounded down to 0...255.
FOR_WIDE_REGISTERS void round_down(const float *tables, size_t parts, const float *smallest, float step, uint8_t *rounded) {
    for (size_t part = 0; part < parts; part++, tables += CENTROIDS, rounded += CENTROIDS) {
        const float low = smallest[part];
        for (size_t i = 0; i < CENTROIDS; i++) {
            const float steps = (tables[i] - low) / step;
            rounded[i] = uint8_t(int(steps < 255 ? steps : 255));
        }
    }
}

}  // namespace

/// What a query looks up: its inner products with every centroid, and these rounded down to 8 bits of one scale.
struct InvertedScan::Query {
    std::vector<float> tables;    // [parts][256]
    std::vector<uint8_t> coarse;  // [parts][256]: (entry − smallest of the part) / step, rounded down
    float smallest = 0;           // Σ over parts of their smallest entries
    float step = 1;
    Best best;

    Query(size_t parts, size_t k) : tables(parts * CENTROIDS), coarse(parts * CENTROIDS), best(k) {}

    void fill(const float *query, const std::vector<float> &centroids, size_t parts) {
        fill_tables(query, centroids.data(), parts, centroids.size() / parts / CENTROIDS, tables.data());
        std::vector<float> &lows = low;
        lows.resize(parts);
        const float widest = smallest_entries(tables.data(), parts, lows.data());
        smallest = 0;
        for (float each : lows) smallest += each;
        step = widest > 0 ? widest / 255 : 1;
        round_down(tables.data(), parts, lows.data(), step, coarse.data());
    }

  private:
    std::vector<float> low;
};

std::unique_ptr<InvertedScan> InvertedScan::of(faiss::Index *index) {
    auto *found = dynamic_cast<faiss::IndexIVFPQ *>(index);
    const bool fits = found && found->metric_type == faiss::METRIC_INNER_PRODUCT && found->pq.nbits == 8 && found->pq.M <= 256;
    return fits ? std::unique_ptr<InvertedScan>(new InvertedScan(*found)) : nullptr;
}

InvertedScan::InvertedScan(faiss::IndexIVFPQ &index)
    : index(index), parts(index.pq.M), lists(index.nlist), centroids(index.pq.centroids.size()) {
    const size_t width = index.pq.dsub;
    for (size_t part = 0; part < parts; part++) {
        const float *from = index.pq.get_centroids(part, 0);
        float *to = centroids.data() + part * width * CENTROIDS;
        for (size_t centroid = 0; centroid < CENTROIDS; centroid++) {
            for (size_t place = 0; place < width; place++) to[place * CENTROIDS + centroid] = from[centroid * width + place];
        }
    }
    for (size_t number = 0; number < lists.size(); number++) {
        const size_t count = index.invlists->list_size(number);
        faiss::InvertedLists::ScopedCodes codes(index.invlists, number);
        faiss::InvertedLists::ScopedIds ids(index.invlists, number);
        auto &list = lists[number];
        list.rows.assign(ids.get(), ids.get() + count);
        list.codes.resize((count + BLOCK - 1) / BLOCK * BLOCK * parts);
        for (size_t i = 0; i < count; i++) {
            uint8_t *block = list.codes.data() + i / BLOCK * BLOCK * parts;
            for (size_t part = 0; part < parts; part++) block[part * BLOCK + i % BLOCK] = codes.get()[i * parts + part];
        }
    }
    index.replace_invlists(new faiss::ArrayInvertedLists(index.nlist, index.code_size), true);
}

void InvertedScan::scan(const List &list, float base, Query &query) const {
    uint16_t bounds[BLOCK];
    for (size_t first = 0; first < list.rows.size(); first += BLOCK) {
        const uint8_t *block = list.codes.data() + first * parts;
        sums(block, parts, query.coarse.data(), bounds);
        // A sum lies below its bound: every part was rounded down by less than a step. One more step covers the float sums.
        const float lowest = base + query.smallest;
        const float needed = (query.best.least() - lowest) / query.step - float(parts + 1);
        const int threshold = std::isfinite(needed) ? int(std::clamp(needed, -1.f, 65535.f)) : -1;
        for (size_t i = 0; i < std::min(BLOCK, list.rows.size() - first); i++) {
            if (bounds[i] < threshold) continue;
            float sum = base;
            for (size_t part = 0; part < parts; part++) sum += query.tables[part * CENTROIDS + block[part * BLOCK + i]];
            query.best.offer({sum, list.rows[first + i]});
        }
    }
}

void InvertedScan::search(const float *queries, size_t count, size_t k, int threads, int64_t *rows) const {
    const size_t probes = std::min(index.nprobe, index.nlist), width = size_t(index.d);
    std::vector<float> nearness(count * probes);
    std::vector<faiss::Index::idx_t> nearest(count * probes);
    index.quantizer->search(faiss::Index::idx_t(count), queries, faiss::Index::idx_t(probes), nearness.data(), nearest.data());
    const size_t most = std::min(size_t(std::max(1, threads)), std::max<size_t>(1, count));
    std::vector<Query> scratch(most, Query(parts, k));
    std::atomic<size_t> next{0};
    const auto work = [&](size_t thread) {
        auto &query = scratch[thread];
        for (size_t place; (place = next.fetch_add(1, std::memory_order_relaxed)) < count;) {
            query.fill(queries + place * width, centroids, parts);
            for (size_t probe = place * probes; probe < (place + 1) * probes; probe++) {
                if (nearest[probe] < 0) continue;
                scan(lists[size_t(nearest[probe])], index.by_residual ? nearness[probe] : 0, query);
            }
            query.best.write(rows + place * k);
        }
    };
    std::vector<std::thread> others;
    for (size_t thread = 1; thread < most; thread++) others.emplace_back(work, thread);
    work(0);
    for (auto &other : others) other.join();
}

}  // namespace taiji_faiss
