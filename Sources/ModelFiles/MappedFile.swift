public import Foundation

/// A file's bytes in memory, read from the disk as they are touched.
///
/// The mapping is private: writing to it changes this process's copy of a page and never the file. It ends
/// with the last reference, which a tensor over it holds too.
public final class MappedFile: @unchecked Sendable {
    // Sendable although the bytes may be written: this type only reads them, and a tensor, which may write,
    // stays on the thread that made it.

    /// The file's bytes, from a page's start.
    public let bytes: UnsafeMutableRawBufferPointer

    /// Maps a whole file.
    ///
    /// - Parameter kind: what the file should be, for the message.
    /// - Throws: `ModelFileError` when it cannot be read or is not a plain file.
    public init(_ url: URL, kind: String) throws {
        func fail(_ reason: String) -> ModelFileError {
            ModelFileError(path: url.path, message: "cannot be read; expected \(kind) (\(reason))")
        }
        // Without O_NONBLOCK a named pipe would wait for its writer.
        let descriptor = open(url.path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw fail(String(cString: strerror(errno))) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw fail("it is not a plain file")
        }
        let count = Int(status.st_size)
        guard count > 0 else {
            bytes = UnsafeMutableRawBufferPointer(start: nil, count: 0)
            return
        }
        let start = mmap(
            nil, count, PROT_READ | PROT_WRITE, MAP_PRIVATE | Self.withoutReserve, descriptor, 0)
        guard let start, start != MAP_FAILED else { throw fail(String(cString: strerror(errno))) }
        bytes = UnsafeMutableRawBufferPointer(start: start, count: count)
    }

    // A writable private mapping counts as memory in use unless it asks not to; a model may be larger than
    // that.
    #if os(Linux)
        private static let withoutReserve = Int32(MAP_NORESERVE)
    #else
        private static let withoutReserve: Int32 = 0
    #endif

    /// Gives back the memory of bytes that have been read and will hardly be again; a later read takes them
    /// from the disk.
    ///
    /// - Parameter range: bytes that nothing has written: what was written to them is lost.
    public func forget(_ range: Range<Int>) {
        let page = Int(getpagesize())
        let first = (range.lowerBound + page - 1) / page * page
        let end = range.upperBound / page * page
        guard let start = bytes.baseAddress, first < end else { return }
        // Advice: a system that does not take it keeps the pages.
        _ = madvise(start + first, end - first, MADV_DONTNEED)
    }

    deinit { if let start = bytes.baseAddress { munmap(start, bytes.count) } }
}
