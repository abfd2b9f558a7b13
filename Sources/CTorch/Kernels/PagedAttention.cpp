#include <ATen/core/Tensor.h>
#include <ATen/ops/empty.h>

#include <algorithm>
#include <vector>

#include "../Devices.h"
#include "../Handles.h"
#include "Parallel.h"

namespace taiji {

constexpr int64_t PAGE_TOKENS = 32;
/// Most queries, of all sequences together, for which a kernel attends at once.
constexpr int64_t MOST_ROWS = 64;

/// A sequence in whose pages a kernel looks.
struct PagedMember {
    /// Where the key head's part of each page begins.
    const float *const *pages;
    /// Tokens that are seen, at least 1.
    int64_t length;

    int64_t page_count() const { return (length + PAGE_TOKENS - 1) / PAGE_TOKENS; }
};

}  // namespace taiji

#define TAIJI_KERNEL "PagedAttentionKernel.h"
#include "ForEachInstructionSet.h"

using namespace taiji;

namespace {

constexpr int64_t PAGE = PAGE_TOKENS;
/// Queries that read a page together: two blocks of the inner product, after which it has left the first-level cache
/// anyway.
constexpr int64_t SHARED_ROWS = 12;

/// One layer's pages: slabs of equally many pages, each page [Hkv][d · 32 + 32 · padded d].
struct Pages {
    std::vector<float *> slabs;
    int64_t per_slab, heads, width;

    Pages(const ct_tensor *handles, int count, int64_t heads, int64_t width) : heads(heads), width(width) {
        per_slab = see(handles[0]).size(0);
        for (int s = 0; s < count; s++) {
            const auto &slab = see(handles[s]);
            TORCH_CHECK(slab.is_contiguous() && slab.scalar_type() == at::kFloat && slab.size(0) == per_slab &&
                            slab.numel() == per_slab * heads * head_size(),
                        "slab ", s, " of shape ", slab.sizes(), " does not hold ", per_slab, " pages of ", heads,
                        " heads of width ", width);
            slabs.push_back(slab.data_ptr<float>());
        }
    }

    int64_t head_size() const { return PAGE * (width + portable::padded(width)); }

    float *page(int32_t index, int64_t head) const {
        const auto slab = size_t(index / per_slab);
        TORCH_CHECK(index >= 0 && slab < slabs.size(), "page ", index, " does not exist");
        return slabs[slab] + (index % per_slab * heads + head) * head_size();
    }
};

/// Pages are for the kernels below; elsewhere keys and values lie as PaddedAttention.cpp reads them.
void require_native(const at::Tensor &tensor) {
    TORCH_CHECK(is_native(tensor), "pages of keys and values are for the processor's kernels");
}

}  // namespace

int64_t ct_page_tokens(void) { return PAGE; }

int64_t ct_page_elements(int64_t heads, int64_t width) { return heads * PAGE * (width + portable::padded(width)); }

int ct_store_pages(const ct_tensor *slabs, int slab_count, ct_tensor keys, ct_tensor values, const int32_t *page_of,
                   const int32_t *place_of) {
    return guard([&] {
        const auto k = see(keys).contiguous(), v = see(values).contiguous();
        const int64_t tokens = k.size(0), heads = k.size(1), width = k.size(2);
        require_native(k);
        const Pages pages(slabs, slab_count, heads, width);
        const auto store = TAIJI_BEST(store_token);
        const auto *key = k.const_data_ptr<float>(), *value = v.const_data_ptr<float>();
        for (int64_t t = 0; t < tokens; t++) pages.page(page_of[t], 0);  // throws here, not in a task
        const auto store_rows = [&](int64_t task) {
            for (int64_t t = task * PAGE; t < std::min(tokens, (task + 1) * PAGE); t++) {
                for (int64_t h = 0; h < heads; h++) {
                    const int64_t offset = (t * heads + h) * width;
                    store(key + offset, value + offset, width, place_of[t], pages.page(page_of[t], h));
                }
            }
        };
        if (tokens <= PAGE) return store_rows(0);
        parallel_tasks((tokens + PAGE - 1) / PAGE, store_rows);
    });
}

int ct_copy_page(const ct_tensor *slabs, int slab_count, int64_t heads, int64_t width, int32_t from, int32_t to) {
    return guard([&] {
        require_native(see(slabs[0]));
        const Pages pages(slabs, slab_count, heads, width);
        std::memcpy(pages.page(to, 0), pages.page(from, 0), size_t(heads * pages.head_size()) * sizeof(float));
    });
}

namespace {

/// Sequences that stand one after another and read their first `pages` pages together.
struct SharedRun {
    int64_t first, end, pages;
};

/// Whole pages that two sequences have in common, at most `most`.
int64_t common_pages(const int32_t *one, const int32_t *other, int64_t most) {
    int64_t count = 0;
    while (count < most && one[count] == other[count]) count++;
    return count;
}

/// Divides the sequences into runs of at most `most` that begin with the same page.
std::vector<SharedRun> shared_runs(const int32_t *tables, const int64_t *starts, const int64_t *lengths, int64_t rows,
                                   int64_t most) {
    std::vector<SharedRun> runs;
    for (int64_t row = 0; row < rows; row++) {
        const int64_t whole = lengths[row] / PAGE;
        if (!runs.empty() && row - runs.back().first < most) {
            auto &run = runs.back();
            const int64_t pages = common_pages(tables + starts[run.first], tables + starts[row], std::min(run.pages, whole));
            if (pages > 0) {
                run.end = row + 1;
                run.pages = pages;
                continue;
            }
        }
        runs.push_back({row, row + 1, whole});
    }
    return runs;
}

}  // namespace

int ct_paged_attention(const ct_tensor *slabs, int slab_count, ct_tensor queries, int64_t heads, const int32_t *tables,
                       const int64_t *table_starts, const int64_t *lengths, ct_tensor *out) {
    return produce(out, [&] {
        const auto q = see(queries).contiguous();  // [B, H, d]
        const int64_t rows = q.size(0), width = q.size(2), repeats = q.size(1) / heads, full = portable::padded(width);
        TORCH_CHECK(q.size(1) % heads == 0 && repeats <= MOST_ROWS, q.size(1), " query heads do not fit ", heads,
                    " key heads");
        require_native(q);
        const Pages pages(slabs, slab_count, heads, width);
        std::vector<const float *> all;
        for (int64_t h = 0; h < heads; h++) {
            for (int64_t i = 0; i < table_starts[rows]; i++) all.push_back(pages.page(tables[i], h));
        }
        auto mixed = at::empty({rows, q.size(1) * width}, q.options());
        const auto attend = TAIJI_BEST(attend_pages);
        const auto *query = q.const_data_ptr<float>();
        auto *into = mixed.data_ptr<float>();
        const float scale = float(1 / std::sqrt(double(width)));
        // Fewer together where threads would have nothing to do.
        const int64_t share = rows * heads / (2 * task_threads());
        const int64_t most = std::clamp<int64_t>(SHARED_ROWS / repeats, 1, std::max<int64_t>(1, share));
        const auto runs = shared_runs(tables, table_starts, lengths, rows, most);
        parallel_tasks(int64_t(runs.size()) * heads, [&](int64_t task) {
            const auto &run = runs[size_t(task / heads)];
            const int64_t head = task % heads, count = run.end - run.first, group = repeats * width;
            std::vector<PagedMember> members;
            int64_t most_pages = 0;
            for (int64_t row = run.first; row < run.end; row++) {
                members.push_back({all.data() + head * table_starts[rows] + table_starts[row], lengths[row]});
                most_pages = std::max(most_pages, members.back().page_count());
            }
            thread_local std::vector<float> space;
            space.resize(size_t(count * (group + repeats * (most_pages * PAGE + full))));
            float *own = space.data(), *out_rows = own + count * group, *scores = out_rows + count * repeats * full;
            for (int64_t m = 0; m < count; m++) {
                const float *from = query + ((run.first + m) * heads + head) * group;
                std::memcpy(own + m * group, from, size_t(group) * sizeof(float));
            }
            attend(own, repeats, width, scale, members.data(), count, run.pages, scores, out_rows);
            for (int64_t r = 0; r < count * repeats; r++) {
                float *to = into + ((run.first + r / repeats) * heads + head) * group + r % repeats * width;
                std::memcpy(to, out_rows + r * full, size_t(width) * sizeof(float));
            }
        });
        return mixed;
    });
}
