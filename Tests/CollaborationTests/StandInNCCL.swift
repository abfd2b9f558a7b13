import Foundation
import Testing

/// A library with NCCL's functions for tensors in the processor's memory, whose processes exchange files: it
/// shows, where there is no GPU, that sums go through these calls with the arguments that nccl.h asks for.
enum StandInNCCL {
    /// Compiles it, and gives the library.
    static func compile(in folder: URL) throws -> URL {
        let file = folder.appending(path: "nccl.c")
        let library = folder.appending(path: "libnccl-stand-in.so")
        try Data(source.utf8).write(to: file)
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["clang", "-shared", "-fPIC", "-O1", file.path, "-o", library.path]
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
        return library
    }

    /// Calls of all processes that had `folder` as the place of their files.
    static func callCount(in folder: URL) throws -> Int {
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.appending(path: "nccl").path)
        return files.count
    }

    private static let source = """
        #include <stdio.h>
        #include <stdlib.h>
        #include <string.h>
        #include <sys/stat.h>
        #include <unistd.h>

        typedef struct { char bytes[128]; } Identity;
        struct ncclComm { char folder[128]; int rank, size, calls; };

        int ncclGetUniqueId(Identity *out) {
            memset(out->bytes, 0, sizeof out->bytes);
            snprintf(out->bytes, sizeof out->bytes, "%s/nccl", getenv("TAIJI_TEST_WORKER"));
            return mkdir(out->bytes, 0700) ? 2 : 0;
        }

        int ncclCommInitRank(struct ncclComm **out, int size, Identity identity, int rank) {
            struct ncclComm *own = calloc(1, sizeof *own);
            memcpy(own->folder, identity.bytes, sizeof own->folder);
            own->rank = rank;
            own->size = size;
            *out = own;
            return 0;
        }

        int ncclCommDestroy(struct ncclComm *own) { return free(own), 0; }
        const char *ncclGetErrorString(int status) { return status == 4 ? "a wrong argument" : "a file"; }

        static void name(const struct ncclComm *own, int rank, char *out) {
            snprintf(out, 512, "%s/%d-%d", own->folder, own->calls, rank);
        }

        static int put(const struct ncclComm *own, const void *bytes, size_t count) {
            char done[512], open[520];
            name(own, own->rank, done);
            snprintf(open, sizeof open, "%s.open", done);
            FILE *file = fopen(open, "wb");
            const int wrong = !file || fwrite(bytes, 1, count, file) != count;
            return (file && fclose(file)) || wrong || rename(open, done) ? 2 : 0;
        }

        static int get(const struct ncclComm *own, int rank, void *bytes, size_t count) {
            char done[512];
            name(own, rank, done);
            for (int tries = 0; access(done, R_OK) && tries < 60000; tries++) usleep(1000);
            FILE *file = fopen(done, "rb");
            const int wrong = !file || fread(bytes, 1, count, file) != count;
            return (file && fclose(file)) || wrong ? 2 : 0;
        }

        int ncclReduce(const void *from, void *to, size_t count, int type, int operation, int root,
                       struct ncclComm *own, void *stream) {
            if (type != 7 || operation != 0 || stream || from != to) return 4;
            own->calls++;
            if (own->rank != root) return put(own, from, count * 4);
            float *other = malloc(count * 4 + 4), *sum = to;
            for (int rank = 0; rank < own->size; rank++) {
                if (rank == root) continue;
                if (get(own, rank, other, count * 4)) return 2;
                for (size_t i = 0; i < count; i++) sum[i] += other[i];
            }
            return free(other), 0;
        }

        int ncclBroadcast(const void *from, void *to, size_t count, int type, int root, struct ncclComm *own,
                          void *stream) {
            if (type != 7 || stream || from != to) return 4;
            own->calls++;
            return own->rank == root ? put(own, from, count * 4) : get(own, root, to, count * 4);
        }
        """
}
