#include "Parallel.h"

#include <ATen/Parallel.h>
#include <dlfcn.h>

#include <atomic>

namespace taiji {

namespace {

struct Work {
    std::atomic<int64_t> next{0};
    int64_t count;
    const std::function<void(int64_t)> &body;
};

void run(void *data) {
    auto &work = *static_cast<Work *>(data);
    for (;;) {
        const int64_t task = work.next.fetch_add(1, std::memory_order_relaxed);
        if (task >= work.count) return;
        work.body(task);
    }
}

// What gcc compiles `#pragma omp parallel` to. Called by name because this shim is built by clang, whose own OpenMP
// runtime would bring a second set of threads that compete with libtorch's; absent where libtorch was built without gomp.
using GompParallel = void (*)(void (*)(void *), void *, unsigned, unsigned);

GompParallel gomp_parallel() {
    static const auto found = reinterpret_cast<GompParallel>(dlsym(RTLD_DEFAULT, "GOMP_parallel"));
    return found;
}

thread_local int own_threads = 0;

}  // namespace

void set_own_threads(int count) { own_threads = count; }
int get_own_threads() { return own_threads; }
int task_threads() { return own_threads > 0 ? own_threads : at::get_num_threads(); }

void parallel_tasks(int64_t count, const std::function<void(int64_t)> &body) {
    Work work{0, count, body};
    const auto threads = unsigned(std::min<int64_t>(task_threads(), count));
    if (threads > 1 && gomp_parallel() && !at::in_parallel_region()) {
        gomp_parallel()(run, &work, threads, 0);
    } else {
        run(&work);
    }
}

}  // namespace taiji
