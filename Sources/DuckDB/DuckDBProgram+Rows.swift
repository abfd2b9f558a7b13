public import Foundation

extension DuckDBProgram {
    /// Runs a query and hands its rows on as comma-separated text with a header, as they come: what is not
    /// yet read waits in DuckDB.
    ///
    /// - Parameters:
    ///   - query: one SELECT, without a semicolon.
    ///   - folder: working folder of the program, where it may spill.
    ///   - body: asks for the next bytes until there are none (nil); stops the query when it returns or
    ///     throws before that.
    /// - Throws: `DuckDBError` with the script's name, or what `body` throws.
    public func forEachBlock(
        of query: SQLScript, in folder: URL, _ body: (_ next: @escaping () throws -> Data?) throws -> Void
    ) throws {
        let process = Process()
        let output = Pipe()
        // A file: a pipe that nobody reads while the rows come would stop the program when it is full.
        let errors = try Self.namelessFile(in: folder)
        defer { try? FileManager.default.removeItem(at: folder.appending(path: ".duckdb-spill")) }
        process.executableURL = executable
        process.arguments = [
            "-batch", "-bail", "-no-init", "-c",
            settings + "COPY (\(query.statements)) TO '/dev/stdout' (FORMAT csv, HEADER);",
        ]
        process.currentDirectoryURL = folder
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = errors
        do {
            try process.run()
        } catch {
            throw DuckDBError.notStarted(path: executable.path, reason: error.localizedDescription)
        }
        let rows = output.fileHandleForReading
        var isAtEnd = false
        defer {
            // A child of a thread that blocks the gentler signals inherits that.
            if !isAtEnd { kill(process.processIdentifier, SIGKILL) }
            process.waitUntilExit()
        }
        // The query's own error, which would otherwise look like an early end of the rows.
        func check() throws {
            isAtEnd = true
            process.waitUntilExit()
            try errors.seek(toOffset: 0)
            let message = try errors.readToEnd() ?? Data()
            guard process.terminationStatus == 0, message.isEmpty else {
                throw Self.error(String(decoding: message, as: UTF8.self), script: query.name)
            }
        }
        try withoutActuallyEscaping(check) { check in
            try body {
                if isAtEnd { return nil }
                let block = try rows.read(upToCount: 1 << 20) ?? Data()
                guard block.isEmpty else { return block }
                try check()
                return nil
            }
        }
    }

    /// An open file that no folder lists, so that a killed run leaves nothing of it behind.
    private static func namelessFile(in folder: URL) throws -> FileHandle {
        var path = Array(folder.appending(path: ".errors-XXXXXX").path.utf8CString)
        let descriptor = mkstemp(&path)
        guard descriptor >= 0 else {
            throw CocoaError(
                .fileWriteUnknown,
                userInfo: [
                    NSFilePathErrorKey: folder.path,
                    NSUnderlyingErrorKey: POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO),
                ])
        }
        unlink(path)
        return FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    }
}
