import Foundation
import Pipeline
import TestSupport

/// Two finished tiny runs of different seeds, made once for all tests that serve.
enum ServedRun {
    struct Runs {
        let folder: URL
        let first: URL
        let second: URL
    }

    /// The runs, or what kept them from being made.
    static let shared = Result<Runs, any Error> {
        let folder = FileManager.default.temporaryDirectory.appending(
            path: "taiji-served-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let options = try TinyRun.prepare(in: folder)
        let runs = Runs(
            folder: folder, first: folder.appending(path: "first"), second: folder.appending(path: "second"))
        for (run, seed) in [(runs.first, 7), (runs.second, 8)] {
            for command in ["construct", "activate", "collaborate", "rank"] {
                let result = try Program.run(
                    [command] + options + ["--run", run.path, "--set", "seed=\(seed)"])
                guard result.status == 0 else {
                    throw TestSupportError(description: "\(command): \(result.errors.suffix(2000))")
                }
            }
        }
        atexit { ServedRun.remove() }
        return runs
    }

    private static func remove() {
        if let runs = try? shared.get() { try? FileManager.default.removeItem(at: runs.folder) }
    }
}

extension Result where Failure == any Error {
    fileprivate init(_ body: () throws -> Success) { self.init(catching: body) }
}

/// A service that a test started.
final class ServiceProcess {
    let process = Process()
    private(set) var url = ""
    private let errors: URL

    /// Starts a service and waits for its first line.
    ///
    /// - Parameter seconds: that it may take to be ready.
    init(
        _ run: URL, store: String, _ arguments: [String] = [], environment: [String: String] = [:],
        seconds: Double = 30
    ) throws {
        errors = FileManager.default.temporaryDirectory.appending(path: "taiji-errors-\(UUID().uuidString)")
        try Data().write(to: errors)
        process.executableURL = PackageFolder.root.appending(path: ".build/release/taiji")
        process.arguments =
            ["serve", "--run", run.path, "--port", "0", "--store", store, "--set", "threads=1"] + arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.currentDirectoryURL = PackageFolder.root
        let output = Pipe()
        process.standardOutput = output
        process.standardError = try FileHandle(forWritingTo: errors)
        process.standardInput = FileHandle.nullDevice
        try process.run()
        var line = Data()
        let end = Date(timeIntervalSinceNow: seconds)
        while !line.contains(UInt8(ascii: "\n")) {
            let chunk = output.fileHandleForReading.availableData
            guard !chunk.isEmpty, Date() < end else {
                throw TestSupportError(description: "the service does not start: \(log.suffix(2000))")
            }
            line += chunk
        }
        let first = try JSONSerialization.jsonObject(with: line.prefix { $0 != UInt8(ascii: "\n") })
        url = (first as? [String: String])?["url"] ?? ""
    }

    /// What it wrote to standard error.
    var log: String { (try? String(contentsOf: errors, encoding: .utf8)) ?? "" }

    /// Ends it, and waits.
    @discardableResult
    func end(_ signal: Int32 = SIGTERM) -> Int32 {
        if process.isRunning { kill(process.processIdentifier, signal) }
        process.waitUntilExit()
        return process.terminationStatus
    }

    deinit {
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
        try? FileManager.default.removeItem(at: errors)
    }
}
