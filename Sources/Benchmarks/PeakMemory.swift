import Foundation

/// The most memory that this process has held at once since it began.
enum PeakMemory {
    /// Peak resident set in bytes, as the kernel counts it.
    ///
    /// - Throws: `BenchmarkError.memory` where the system does not say.
    static func resident() throws -> Int {
        #if os(Linux)
            // Not getrusage: its peak is inherited from the program that started this one.
            let status = FileManager.default.contents(atPath: "/proc/self/status") ?? Data()
            guard let bytes = peak(inStatus: String(decoding: status, as: UTF8.self)) else {
                throw BenchmarkError.memory(
                    "/proc/self/status does not say how much memory this process held")
            }
            return bytes
        #else
            var usage = rusage()
            guard getrusage(RUSAGE_SELF, &usage) == 0 else {
                throw BenchmarkError.memory("getrusage does not say how much memory this process held")
            }
            return usage.ru_maxrss
        #endif
    }

    /// Bytes of the line `VmHWM:  1234 kB`.
    static func peak(inStatus text: String) -> Int? {
        let line = text.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
        return line?.split(whereSeparator: \.isWhitespace).compactMap { Int($0) }.first.map { $0 * 1024 }
    }
}
