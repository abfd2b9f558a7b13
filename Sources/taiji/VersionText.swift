import CBuild
import Torch

/// What `taiji --version` says.
enum VersionText {
    /// Version of the program; CHANGELOG.md says what is in it.
    static let version = "0.9.0"

    static var text: String {
        """
        taiji \(version), commit \(String(cString: taiji_commit()))
        libtorch \(TorchRuntime.version), devices: \(TorchRuntime.devices.joined(separator: ", "))
        kernels: \(TorchRuntime.kernelInstructionSet) (Taiji's), \(TorchRuntime.libtorchInstructionSet) (libtorch's)
        """
    }
}
