#include "include/CMPI.h"

#ifdef TAIJI_MPI

#include <mpi.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static char last_error[512] = "";
static char farewell_text[512] = "";
static int rank = 0, size = 1;

bool cm_is_built(void) { return true; }
const char *cm_last_error(void) { return last_error; }
int cm_rank(void) { return rank; }
int cm_size(void) { return size; }

static int fail(const char *call, int code) {
    char text[MPI_MAX_ERROR_STRING] = "";
    int length = 0;
    if (MPI_Error_string(code, text, &length) != MPI_SUCCESS) snprintf(text, sizeof text, "error %d", code);
    snprintf(last_error, sizeof last_error, "%s: %s", call, text);
    return 1;
}

static void leave(int number) {
    (void)number;
    // Nothing but calls that a signal handler may make.
    ssize_t written = write(2, farewell_text, strlen(farewell_text));
    (void)written;
    _exit(143);
}

int cm_start(const char *farewell) {
    int code = MPI_Init(NULL, NULL);
    if (code != MPI_SUCCESS) return fail("MPI_Init", code);
    MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN);
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    MPI_Comm_size(MPI_COMM_WORLD, &size);
    snprintf(farewell_text, sizeof farewell_text, "%s", farewell);
    signal(SIGTERM, leave);
    return 0;
}

/// Waits without taking a core from the process that is waited for.
static int wait_for(const char *call, MPI_Request *request, double seconds) {
    struct timespec start, now, pause = {0, 200000};
    clock_gettime(CLOCK_MONOTONIC, &start);
    for (;;) {
        int done = 0, code = MPI_Test(request, &done, MPI_STATUS_IGNORE);
        if (code != MPI_SUCCESS) return fail(call, code);
        if (done) return 0;
        clock_gettime(CLOCK_MONOTONIC, &now);
        if ((double)(now.tv_sec - start.tv_sec) + 1e-9 * (double)(now.tv_nsec - start.tv_nsec) > seconds) {
            snprintf(last_error, sizeof last_error,
                     "%s: process %d of %d waited %.0f seconds for the others; one of them died or hangs", call, rank, size,
                     seconds);
            return 1;
        }
        nanosleep(&pause, NULL);
    }
}

/// Elements of one call: counts are int.
static const int64_t PART = 1 << 26;

static int part(int64_t left) { return (int)(left < PART ? left : PART); }

int cm_sum_at(float *values, int64_t count, int root, double seconds) {
    for (int64_t done = 0; done < count; done += PART) {
        const void *from = rank == root ? MPI_IN_PLACE : values + done;
        MPI_Request request;
        int code = MPI_Ireduce(from, values + done, part(count - done), MPI_FLOAT, MPI_SUM, root, MPI_COMM_WORLD, &request);
        if (code != MPI_SUCCESS) return fail("MPI_Ireduce", code);
        if (wait_for("MPI_Ireduce", &request, seconds)) return 1;
    }
    return 0;
}

int cm_sum(double *values, int64_t count, double seconds) {
    for (int64_t done = 0; done < count; done += PART) {
        MPI_Request request;
        int code = MPI_Iallreduce(MPI_IN_PLACE, values + done, part(count - done), MPI_DOUBLE, MPI_SUM, MPI_COMM_WORLD, &request);
        if (code != MPI_SUCCESS) return fail("MPI_Iallreduce", code);
        if (wait_for("MPI_Iallreduce", &request, seconds)) return 1;
    }
    return 0;
}

int cm_share(void *bytes, int64_t count, int root, double seconds) {
    for (int64_t done = 0; done < count; done += PART) {
        MPI_Request request;
        int code = MPI_Ibcast((char *)bytes + done, part(count - done), MPI_BYTE, root, MPI_COMM_WORLD, &request);
        if (code != MPI_SUCCESS) return fail("MPI_Ibcast", code);
        if (wait_for("MPI_Ibcast", &request, seconds)) return 1;
    }
    return 0;
}

int cm_stop(void) {
    int code = MPI_Finalize();
    return code == MPI_SUCCESS ? 0 : fail("MPI_Finalize", code);
}

#else

static const char missing[] = "this program was built without MPI; install libopenmpi-dev and openmpi-bin and build it again";

bool cm_is_built(void) { return false; }
const char *cm_last_error(void) { return missing; }
int cm_start(const char *farewell) { return (void)farewell, 1; }
int cm_rank(void) { return 0; }
int cm_size(void) { return 1; }
int cm_sum_at(float *values, int64_t count, int root, double seconds) {
    return (void)values, (void)count, (void)root, (void)seconds, 1;
}
int cm_sum(double *values, int64_t count, double seconds) { return (void)values, (void)count, (void)seconds, 1; }
int cm_share(void *bytes, int64_t count, int root, double seconds) {
    return (void)bytes, (void)count, (void)root, (void)seconds, 1;
}
int cm_stop(void) { return 1; }

#endif
