import Foundation
import Pipeline

/// Numbers in a file without a name, which the system removes when the last reader is gone, however the
/// process ends.
final class ScratchFile: Sendable {
    private let descriptor: Int32
    private let path: String

    /// - Throws: `RunError.file` when the folder cannot be written.
    init(in folder: URL) throws {
        path = folder.appending(path: ".samples-\(UUID().uuidString)").path
        descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Self.failure(path, "cannot be created") }
        unlink(path)
    }

    deinit { close(descriptor) }

    private static func failure(_ path: String, _ what: String) -> RunError {
        .file(path: path, message: "\(what) (\(String(cString: strerror(errno))))")
    }

    /// Writes numbers at the end.
    func append(_ numbers: [Int32]) throws {
        try numbers.withUnsafeBytes { bytes in
            var done = 0
            while done < bytes.count {
                let written = write(descriptor, bytes.baseAddress.map { $0 + done }, bytes.count - done)
                guard written > 0 else {
                    if written < 0, errno == EINTR { continue }
                    throw Self.failure(path, "cannot hold the training samples; free some space")
                }
                done += written
            }
        }
    }

    /// Reads the numbers from a place on.
    func read(_ target: UnsafeMutableBufferPointer<Int32>, at place: Int) throws {
        let bytes = UnsafeMutableRawBufferPointer(target)
        var done = 0
        while done < bytes.count {
            let count = pread(
                descriptor, bytes.baseAddress.map { $0 + done }, bytes.count - done, off_t(place * 4 + done))
            guard count > 0 else {
                if count < 0, errno == EINTR { continue }
                throw Self.failure(path, "cannot be read")
            }
            done += count
        }
    }
}
