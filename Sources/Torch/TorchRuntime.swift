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

    /// Gives one operation of libtorch one thread while `body` runs, and kernels of our own, whose results do not depend on the
    /// number of threads, as many as before.
    ///
    /// For work whose operations are too small to be shared, and whose results must not depend on the number of threads.
    public static func onOneThread<Result>(_ body: () throws -> Result) throws -> Result {
        let (before, kernels) = (threadCount, ct_get_kernel_threads())
        try setThreadCount(1)
        ct_set_kernel_threads(kernels > 0 ? kernels : CInt(before))
        let result = Swift.Result { try body() }
        ct_set_kernel_threads(kernels)
        try setThreadCount(before)
        return try result.get()
    }

    /// Keeps freed tensor memory in the process, so that each step does not ask the system for fresh, zeroed
    /// pages.
    public static func keepFreedMemory() { ct_keep_freed_memory() }

    /// Version of libtorch.
    public static var version: String { String(cString: ct_version()) }

    /// Instruction set of the kernels of our own that this processor gets: avx512, avx2 or portable.
    public static var kernelInstructionSet: String { String(cString: ct_kernel_instruction_set()) }

    /// Instruction set of libtorch's kernels that this processor gets.
    public static var libtorchInstructionSet: String { String(cString: ct_cpu_capability()) }

    /// Devices that tensors can be made on, such as `cpu` and `cuda`.
    public static var devices: [String] {
        [Device.cpu, .cuda, .mps].filter(\.isAvailable).map(\.rawValue)
    }
}
