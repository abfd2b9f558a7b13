import ArgumentParser
import Foundation
import Pipeline

/// A tool that reads one JSON object per line from standard input and prints one per line.
protocol JSONLineTool: ParsableCommand {
    associatedtype Input: Decodable & JSONLineInput
    associatedtype Output: Encodable
}

/// What a line may hold.
protocol JSONLineInput {
    /// All keys of a line; another one is an error.
    static var keys: [String] { get }
}

extension JSONLineTool {
    /// Answers every line of standard input. A line at fault is reported on standard error with its number, and the others are
    /// answered all the same.
    ///
    /// - Throws: `ExitCode.failure` at the end when a line was at fault.
    func answerLines(example: String, _ answer: (Input) throws -> Output) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        var (number, faults) = (0, 0)
        while let line = readLine() {
            number += 1
            guard !line.allSatisfy(\.isWhitespace) else { continue }
            var output: Data
            do { output = try encoder.encode(answer(input(line, example))) } catch {
                faults += 1
                let message = "Error: standard input, line \(number): \(error)\n"
                try FileHandle.standardError.write(contentsOf: Data(message.utf8))
                continue
            }
            output.append(UInt8(ascii: "\n"))
            try FileHandle.standardOutput.write(contentsOf: output)
        }
        guard faults == 0 else {
            let message = "Error: \(faults) of \(number) lines could not be answered\n"
            try FileHandle.standardError.write(contentsOf: Data(message.utf8))
            throw ExitCode.failure
        }
    }

    private func input(_ line: String, _ example: String) throws -> Input {
        let data = Data(line.utf8)
        guard let keys = try? JSONDecoder().decode([String: JSONValue].self, from: data).keys else {
            throw ValidationError("expected JSON such as \(example)")
        }
        if let unknown = keys.sorted().first(where: { !Input.keys.contains($0) }) {
            throw ValidationError(
                "unknown key '\(unknown)'; expected \(Input.keys.joined(separator: ", ")), such as \(example)"
            )
        }
        do { return try JSONDecoder().decode(Input.self, from: data) } catch {
            throw ValidationError("expected JSON such as \(example)")
        }
    }
}
