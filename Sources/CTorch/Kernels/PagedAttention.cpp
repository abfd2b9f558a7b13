#include <ATen/core/Tensor.h>
#include <ATen/ops/empty.h>

#include <algorithm>
#include <vector>

#include "../Devices.h"
#include "../Handles.h"
#include "Parallel.h"

#define TAIJI_KERNEL "PagedAttentionKernel.h"
#include "ForEachInstructionSet.h"

using namespace taiji;

namespace {

constexpr int64_t PAGE = portable::PAGE_TOKENS;
/// Query heads a key head that the kernel has room for.
constexpr int64_t MOST_REPEATS = 64;

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
        for (int64_t t = 0; t < tokens; t++) {
            for (int64_t h = 0; h < heads; h++) {
                const int64_t offset = (t * heads + h) * width;
                store(key + offset, value + offset, width, place_of[t], pages.page(page_of[t], h));
            }
        }
    });
}

int ct_copy_page(const ct_tensor *slabs, int slab_count, int64_t heads, int64_t width, int32_t from, int32_t to) {
    return guard([&] {
        require_native(see(slabs[0]));
        const Pages pages(slabs, slab_count, heads, width);
        std::memcpy(pages.page(to, 0), pages.page(from, 0), size_t(heads * pages.head_size()) * sizeof(float));
    });
}

int ct_paged_attention(const ct_tensor *slabs, int slab_count, ct_tensor queries, int64_t heads, const int32_t *tables,
                       const int64_t *table_starts, const int64_t *lengths, ct_tensor *out) {
    return produce(out, [&] {
        const auto q = see(queries).contiguous();  // [B, H, d]
        const int64_t rows = q.size(0), width = q.size(2), repeats = q.size(1) / heads;
        TORCH_CHECK(q.size(1) % heads == 0 && repeats <= MOST_REPEATS, q.size(1), " query heads do not fit ", heads,
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
        parallel_tasks(rows * heads, [&](int64_t task) {
            const int64_t row = task / heads, head = task % heads;
            const int64_t count = table_starts[row + 1] - table_starts[row];
            thread_local std::vector<float> space;
            space.resize(size_t(repeats * (count * PAGE + portable::padded(width))));
            const int64_t offset = (row * heads + head) * repeats * width;
            attend(query + offset, repeats, width, scale, all.data() + head * table_starts[rows] + table_starts[row],
                   lengths[row], space.data(), space.data() + repeats * count * PAGE, into + offset);
        });
        return mixed;
    });
}
