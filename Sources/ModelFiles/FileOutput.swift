import Foundation

/// A file that is being written. It appears under its name only when it is whole: it is written next to it,
/// flushed to the disk and renamed, so that a mapping of the file that it replaces keeps the old bytes.
public final class FileOutput {
    /// Bytes so far.
    public private(set) var count = 0
    private let file: FileHandle

    private init(_ file: FileHandle) { self.file = file }

    /// The file could not be written, as opposed to an error of the caller's body.
    private struct WriteFailure: Error {
        let reason: any Error
    }

    /// Writes a whole file.
    ///
    /// - Parameter body: appends all bytes, in any number of parts.
    /// - Throws: `ModelFileError` when the file cannot be written, and what `body` itself throws, unchanged;
    ///   no part of the file is left then.
    static func write(to url: URL, _ body: (FileOutput) throws -> Void) throws {
        let partial = url.deletingLastPathComponent().appending(path: ".\(url.lastPathComponent).partial")
        do {
            let file = try writing {
                try Data().write(to: partial)
                return try FileHandle(forWritingTo: partial)
            }
            defer { try? file.close() }
            try body(FileOutput(file))
            try writing { try file.synchronize() }
            guard rename(partial.path, url.path) == 0 else {
                throw ModelFileError(
                    path: url.path, message: "cannot be put in place (\(String(cString: strerror(errno))))")
            }
        } catch {
            try? FileManager.default.removeItem(at: partial)
            guard let failure = error as? WriteFailure else { throw error }
            throw ModelFileError(
                path: url.path, message: "cannot be written (\(failure.reason.localizedDescription))")
        }
    }

    private static func writing<Result>(_ body: () throws -> Result) throws -> Result {
        do { return try body() } catch { throw WriteFailure(reason: error) }
    }

    /// Writes bytes to the end of the file.
    public func append(_ bytes: UnsafeRawBufferPointer) throws {
        guard let base = bytes.baseAddress else { return }
        let view = Data(
            bytesNoCopy: UnsafeMutableRawPointer(mutating: base), count: bytes.count, deallocator: .none)
        try Self.writing { try file.write(contentsOf: view) }
        count += bytes.count
    }
}
