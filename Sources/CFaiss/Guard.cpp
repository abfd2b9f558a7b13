#include "Guard.h"

#include <cstring>
#include <stdexcept>

// OpenMP and OpenBLAS keep a thread count each; declared here because neither header is on every compiler's
// path.
extern "C" {
void omp_set_num_threads(int);
int omp_get_max_threads(void);
void openblas_set_num_threads(int);
int openblas_get_num_threads(void);
}

namespace taiji_faiss {

static thread_local char last_error[4096] = "";
static std::atomic<int> thread_count{1};
std::atomic<int64_t> live_handles{0};

void remember_error(const char *message) noexcept {
    size_t length = std::strlen(message);
    if (length >= sizeof last_error) length = sizeof last_error - 1;
    std::memcpy(last_error, message, length);
    last_error[length] = 0;
}

ThreadScope::ThreadScope() noexcept : before(omp_get_max_threads()) {
    const int count = thread_count.load(std::memory_order_relaxed);
    omp_set_num_threads(count);
    if (openblas_get_num_threads() != count) openblas_set_num_threads(count);
}

ThreadScope::~ThreadScope() { omp_set_num_threads(before); }

}  // namespace taiji_faiss

using namespace taiji_faiss;

const char *cf_last_error(void) { return last_error; }

int64_t cf_live_handles(void) { return live_handles.load(std::memory_order_relaxed); }

bool cf_is_built(void) { return true; }

int cf_set_num_threads(int count) {
    return guard([&] {
        if (count < 1) throw std::invalid_argument("a call needs at least one thread");
        thread_count.store(count, std::memory_order_relaxed);
    });
}

int cf_num_threads(void) { return thread_count.load(std::memory_order_relaxed); }
