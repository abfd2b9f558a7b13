internal import CFaiss

/// Settings of FAISS that hold for the whole process.
public enum VectorSearchRuntime {
    /// Says so where this program was built without FAISS, which a portable one is.
    /// - Throws: `VectorSearchError`, with what to use instead.
    public static func requireBuilt() throws(VectorSearchError) {
        guard cf_is_built() else { throw .absent(message: String(cString: cf_last_error())) }
    }

    /// Threads that one call may use, 1 until set. Part of what makes a run reproducible: another count may
    /// add floating-point numbers in another order.
    public static var threadCount: Int { Int(cf_num_threads()) }

    /// Sets the number of threads of later calls. libtorch's own count is left alone.
    /// - Throws: `VectorSearchError` if `count` is below 1.
    public static func setThreadCount(_ count: Int) throws(VectorSearchError) {
        try check("set_num_threads", cf_set_num_threads(CInt(clamping: count)))
    }

    /// Quantizers and indexes that exist now in this process; the leak test compares it before and after.
    public static var liveCount: Int { Int(cf_live_handles()) }
}
