import Foundation
import TestSupport

/// Runs the built program as a user would.
enum Program {
    struct Result {
        let status: Int32
        let output: String
        let errors: String

        /// Every line of the output as JSON.
        func json() throws -> [[String: Any]] {
            try output.split(separator: "\n").map { line in
                guard let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
                else {
                    throw TestSupportError(description: "no JSON object: \(line)")
                }
                return object
            }
        }
    }

    private static func executable(_ name: String) throws -> URL {
        let url = PackageFolder.root.appending(path: ".build/release/\(name)")
        guard FileManager.default.isExecutableFile(atPath: url.path) else {
            throw TestSupportError(description: "\(url.path) is missing; run `make build` first")
        }
        return url
    }

    /// Starts the program and does not wait for it; what it prints is lost.
    static func start(_ arguments: [String]) throws -> Process {
        let process = Process()
        process.executableURL = try executable("taiji")
        process.arguments = arguments
        process.currentDirectoryURL = PackageFolder.root
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        return process
    }

    static func run(
        program: String = "taiji", _ arguments: [String], input: String = "",
        in folder: URL = PackageFolder.root, environment: [String: String] = [:]
    ) throws -> Result {
        try withTemporaryFolder { scratch in
            let files = ["in", "out", "err"].map { scratch.appending(path: $0) }
            try Data(input.utf8).write(to: files[0])
            for file in files.dropFirst() { try Data().write(to: file) }
            let process = Process()
            process.executableURL = try executable(program)
            process.arguments = arguments
            process.currentDirectoryURL = folder
            process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
            process.standardInput = try FileHandle(forReadingFrom: files[0])
            process.standardOutput = try FileHandle(forWritingTo: files[1])
            process.standardError = try FileHandle(forWritingTo: files[2])
            try process.run()
            process.waitUntilExit()
            return Result(
                status: process.terminationStatus, output: try String(contentsOf: files[1], encoding: .utf8),
                errors: try String(contentsOf: files[2], encoding: .utf8))
        }
    }
}
