// C view of the MPI calls that Taiji makes: collectives over all processes, no logic. Built without MPI, `cm_is_built` says so and
// every other call fails.
//
// Every fallible call returns 0 on success; otherwise `cm_last_error` holds the message until the next failing call.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define CM_CALL __attribute__((warn_unused_result)) int

bool cm_is_built(void);
const char *_Nonnull cm_last_error(void);

/// Joins the processes that were started together. A SIGTERM after this, which mpirun sends to the processes that are left when
/// one dies, prints `farewell` and ends the process.
CM_CALL cm_start(const char *_Nonnull farewell);
int cm_rank(void);
int cm_size(void);

/// Each waits at most `seconds` for the other processes.
/// values of process `root` become the sums over all processes.
CM_CALL cm_sum_at(float *_Nonnull values, int64_t count, int root, double seconds);
/// values of every process become the sums.
CM_CALL cm_sum(double *_Nonnull values, int64_t count, double seconds);
/// bytes of every process become those of process `root`.
CM_CALL cm_share(void *_Nonnull bytes, int64_t count, int root, double seconds);

/// Leaves; every process calls it.
CM_CALL cm_stop(void);
