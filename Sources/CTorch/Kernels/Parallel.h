// Independent tasks on libtorch's own OpenMP threads.
#pragma once

#include <cstdint>
#include <functional>

namespace taiji {

/// Calls `body` for each task of 0..<count, each exactly once, on as many threads as libtorch uses. Tasks must not throw
/// and must not share what they write: which thread runs a task is not determined.
void parallel_tasks(int64_t count, const std::function<void(int64_t)> &body);

}  // namespace taiji
