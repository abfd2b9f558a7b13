import CTorch
import Foundation

/// An NVIDIA GPU, as its driver describes it.
public struct GPU: Sendable, Equatable {
    /// Such as NVIDIA H100 80GB HBM3.
    public let name: String
    /// Bytes of its memory.
    public let memory: Int
    /// Its compute capability, such as 9.0.
    public let capability: String

    /// All that the driver knows; none without a driver.
    public static var all: [GPU] {
        var found: [GPU] = []
        while let gpu = GPU(found.count) { found.append(gpu) }
        return found
    }

    /// Leaves this process one GPU: of those that CUDA_VISIBLE_DEVICES names, or of all. Before the first use
    /// of CUDA, which reads that variable once.
    ///
    /// - Throws: `TorchError.unexpected` where the variable names fewer.
    public static func takeOne(_ place: Int) throws {
        let variable = "CUDA_VISIBLE_DEVICES"
        let named = ProcessInfo.processInfo.environment[variable].map {
            $0.split(separator: ",").map(String.init)
        }
        if let named, place >= named.count {
            throw TorchError.unexpected(
                operation: "GPU of process \(place) of this machine", expected: "a GPU a process",
                found: "\(variable)=\(named.joined(separator: ","))")
        }
        setenv(variable, named?[place] ?? "\(place)", 1)
    }

    private init?(_ index: Int) {
        let capacity = 256
        var name = [CChar](repeating: 0, count: capacity)
        var bytes: Int64 = 0
        var (major, minor): (CInt, CInt) = (0, 0)
        guard ct_gpu(CInt(index), &name, CInt(capacity), &bytes, &major, &minor) else { return nil }
        self.name = name.withUnsafeBufferPointer { bytes in
            bytes.baseAddress.map { String(cString: $0) } ?? ""
        }
        memory = Int(bytes)
        capability = "\(major).\(minor)"
    }
}
