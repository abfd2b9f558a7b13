import CTorch

/// Settings of libtorch that hold for the whole process.
public enum TorchRuntime {
    /// Threads that one operation may use. Part of what makes a run reproducible: another count adds
    /// floating-point numbers in another order.
    public static var threadCount: Int { Int(ct_get_num_threads()) }

    /// Sets the number of threads for this process.
    public static func setThreadCount(_ count: Int) throws {
        try check("set_num_threads", [], ct_set_num_threads(CInt(count)))
    }

    /// Keeps freed tensor memory in the process, so that each step does not ask the system for fresh, zeroed
    /// pages.
    public static func keepFreedMemory() { ct_keep_freed_memory() }
}
