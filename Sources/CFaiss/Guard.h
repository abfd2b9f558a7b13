// How every call of this shim runs: under the process's thread count, and behind the one place where
// exceptions stop.
#pragma once

#include <atomic>
#include <exception>

#include "include/CFaiss.h"

namespace taiji_faiss {

void remember_error(const char *message) noexcept;
extern std::atomic<int64_t> live_handles;

/// Gives one call the process's thread count and the calling thread its own back: OpenMP's setting belongs to
/// a thread, and libtorch shares it.
class ThreadScope {
  public:
    ThreadScope() noexcept;
    ~ThreadScope();
    ThreadScope(const ThreadScope &) = delete;
    ThreadScope &operator=(const ThreadScope &) = delete;

  private:
    int before;
};

template <class Body> int guard(Body &&body) noexcept {
    ThreadScope threads;
    try {
        body();
        return 0;
    } catch (const std::exception &error) {
        remember_error(error.what());
    } catch (...) {
        remember_error("FAISS threw something that is not an exception");
    }
    return 1;
}

template <class Handle> void give(Handle *out, Handle made) {
    *out = made;
    live_handles.fetch_add(1, std::memory_order_relaxed);
}

template <class Handle> void release(Handle handle) {
    if (!handle) return;
    delete handle;
    live_handles.fetch_sub(1, std::memory_order_relaxed);
}

}  // namespace taiji_faiss
