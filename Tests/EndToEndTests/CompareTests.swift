import Foundation
import TestSupport
import Testing

/// Benchmarks/compare.py, with two stand-ins for the programs that it runs.
@Suite struct CompareTests {
    /// A program that notes in `folder/order` that it ran and prints a report whose rate is the number of its
    /// runs times `rate`.
    private func standIn(_ name: String, rate: Int, in folder: URL) throws -> URL {
        let file = folder.appending(path: name)
        let script = """
            #!/bin/bash
            echo \(name) >> '\(folder.path)/order'
            rate=$(($(grep -c \(name) '\(folder.path)/order') * \(rate)))
            echo '{"tokensPerSecond": '$rate', "secondsPerStep": {"total": 0.5}, "peakResidentGiB": 1.25,'\\
                '"fractionOfLimit": 0.8, "details": {"megabytesPerStep": '$rate'}}'
            """
        try Data(script.utf8).write(to: file)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file.path)
        return file
    }

    private func compare(_ arguments: [String], in folder: URL) throws -> (status: Int32, output: String) {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments =
            ["python3", PackageFolder.root.appending(path: "Benchmarks/compare.py").path] + arguments
        process.environment = ProcessInfo.processInfo.environment.merging(["PEERS": folder.path]) { $1 }
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: data, as: UTF8.self))
    }

    @Test(
        "Both sides run in turn, and each ratio compares one round",
        arguments: [("prefill", "tokens/s"), ("tokenize", "MB/s")])
    func table(row: String, unit: String) throws {
        try withTemporaryFolder { folder in
            let ours = try standIn("ours", rate: 60, in: folder)
            let peer = try standIn("peer", rate: 20, in: folder)
            let result = try compare(
                [row, "--rounds", "2", "--taiji", ours.path, "--python", peer.path], in: folder)
            #expect(result.status == 0)
            let order = try String(contentsOf: folder.appending(path: "order"), encoding: .utf8)
            #expect(order == "ours\npeer\nours\npeer\n")
            let line = try #require(
                result.output.split(separator: "\n").first { $0.contains("10 MB") || $0.contains("482") })
            #expect(line.contains("**3.00 (3.00..3.00)**"), "\(line)")
            #expect(line.contains("\(unit) |"), "\(line)")
            #expect(line.contains("1.25 / 1.25 GiB"), "\(line)")
            let saved = try Data(contentsOf: folder.appending(path: "comparison.json"))
            let json = try #require(JSONSerialization.jsonObject(with: saved) as? [String: Any])
            let rows = try #require(json["rows"] as? [String: [[String: Any]]])
            #expect(rows[row]?.count == 2)
        }
    }

    @Test("An unknown row is refused, and nothing is run")
    func unknownRow() throws {
        try withTemporaryFolder { folder in
            let result = try compare(["prefil"], in: folder)
            #expect(result.status == 2)
            #expect(!FileManager.default.fileExists(atPath: folder.appending(path: "comparison.json").path))
        }
    }
}
