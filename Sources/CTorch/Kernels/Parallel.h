// Independent tasks on libtorch's own OpenMP threads.
#pragma once

#include <cstdint>
#include <functional>

namespace taiji {

/// Threads of the tasks that this thread starts; 0 for as many as libtorch uses.
void set_own_threads(int count);
int get_own_threads();

/// Threads on which `parallel_tasks` runs many tasks.
int task_threads();

/// Calls `body` for each task of 0..<count, each exactly once, on as many threads as
/// `set_own_threads` says. Tasks must not throw
/// and must not share what they write: which thread runs a task is not determined.
void parallel_tasks(int64_t count, const std::function<void(int64_t)> &body);

}  // namespace taiji
