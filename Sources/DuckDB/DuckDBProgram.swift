public import Foundation
import Pipeline

/// Runs SQL over Parquet, CSV and JSON files in the DuckDB command-line program.
///
/// Results leave through `COPY … TO`, or row by row through `forEachBlock`.
public struct DuckDBProgram: Sendable {
    let executable: URL
    private let threads: Int
    private let memoryLimit: String

    /// - Parameters:
    ///   - executable: the `duckdb` program.
    ///   - threads: of one query.
    ///   - memoryLimit: in DuckDB's words, such as `2GB`; beyond it, queries use the disk.
    public init(executable: URL, threads: Int = 2, memoryLimit: String = "2GB") {
        self.executable = executable
        self.threads = threads
        self.memoryLimit = memoryLimit
    }

    /// The program that `make setup` fetched: below the working folder, or beside the build that runs.
    ///
    /// - Throws: `DuckDBError.missingProgram` naming the places.
    public static func fetched(threads: Int = 2, memoryLimit: String = "2GB") throws -> DuckDBProgram {
        let candidates = FetchedFiles.places("bin/duckdb")
        guard let found = candidates.first(where: { FileManager.default.isExecutableFile(atPath: $0.path) })
        else {
            throw DuckDBError.missingProgram(tried: candidates.map(\.path))
        }
        return DuckDBProgram(executable: found, threads: threads, memoryLimit: memoryLimit)
    }

    /// Runs scripts one after another in one session and stops at the first statement that fails.
    ///
    /// - Parameters:
    ///   - scripts: later ones see the tables and variables of earlier ones.
    ///   - folder: working folder of the program, where `COPY … TO` writes and where it spills.
    /// - Throws: `DuckDBError`, with the name of the script that failed.
    public func run(_ scripts: [SQLScript], in folder: URL) throws {
        let file = folder.appending(path: ".statements.sql")
        let begun = folder.appending(path: ".begun.txt")
        let errors = folder.appending(path: ".errors.txt")
        defer {
            for url in [file, begun, errors, folder.appending(path: ".duckdb-spill")] {
                try? FileManager.default.removeItem(at: url)
            }
        }
        let process = Process()
        do {
            // Each script tells its name as it begins: DuckDB's messages say neither file nor line.
            let text = scripts.map { ".print \(Self.literal($0.name))\n\($0.statements)\n" }.joined()
            try Data((settings + text).utf8).write(to: file)
            for url in [begun, errors] { try Data().write(to: url) }
            process.executableURL = executable
            process.arguments = ["-batch", "-bail", "-no-init", "-f", file.path]
            process.currentDirectoryURL = folder
            process.standardInput = FileHandle.nullDevice
            process.standardOutput = try FileHandle(forWritingTo: begun)
            process.standardError = try FileHandle(forWritingTo: errors)
            try process.run()
        } catch {
            throw DuckDBError.notStarted(path: executable.path, reason: error.localizedDescription)
        }
        process.waitUntilExit()
        let message = (try? String(contentsOf: errors, encoding: .utf8)) ?? ""
        guard process.terminationStatus == 0, message.isEmpty else {
            let names = Set(scripts.map(\.name))
            let output = (try? String(contentsOf: begun, encoding: .utf8)) ?? ""
            let lines = output.split(separator: "\n").map(String.init)
            throw Self.error(message, script: lines.last(where: names.contains) ?? "settings")
        }
    }

    /// What every session begins with.
    var settings: String {
        """
        SET threads = \(threads);
        SET memory_limit = '\(memoryLimit)';
        SET temp_directory = '.duckdb-spill';
        SET TimeZone = 'UTC';

        """
    }

    /// A text as an SQL literal.
    public static func literal(_ text: String) -> String { "'" + text.replacing("'", with: "''") + "'" }

    /// The error of DuckDB's message, without the statement that the message repeats. Where DuckDB points at
    /// a place, the line stays; `error(…)` in a statement is a message of our own and points nowhere.
    static func error(_ message: String, script: String) -> DuckDBError {
        let own = "Invalid Input Error: "
        let lines = message.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
        let place = message.hasPrefix(own) ? nil : lines.first { $0.hasPrefix("LINE ") }
        let said = lines.prefix { !$0.hasPrefix("LINE ") }.joined(separator: " ")
        let bare = said.hasPrefix(own) ? String(said.dropFirst(own.count)) : said
        let text = bare + (place.map { " (\($0))" } ?? "")
        if text.contains("No space left on device") { return .diskFull(script: script, message: text) }
        return .statement(
            script: script, message: text.isEmpty ? "the program ended without a message" : text)
    }
}
