public import ArgumentParser
import Foundation
public import Pipeline
import Torch

extension ComputeDevice: ExpressibleByArgument {
    /// Makes this the process's device.
    func use() throws { try (Device(rawValue: rawValue) ?? .cpu).use() }
}

/// A tool that reads one JSON object a line from standard input and prints one a line.
protocol JSONLineTool: ParsableCommand {
    associatedtype Input: Decodable
    associatedtype Output: Encodable
}

extension JSONLineTool {
    /// Answers every line of standard input.
    ///
    /// - Throws: `ValidationError` that names the line of an input that is not understood.
    func answerLines(example: String, _ answer: (Input) throws -> Output) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        var number = 0
        while let line = readLine() {
            number += 1
            guard !line.allSatisfy(\.isWhitespace) else { continue }
            let input: Input
            do { input = try JSONDecoder().decode(Input.self, from: Data(line.utf8)) } catch {
                throw ValidationError("standard input, line \(number): expected JSON such as \(example)")
            }
            var output = try encoder.encode(answer(input))
            output.append(UInt8(ascii: "\n"))
            try FileHandle.standardOutput.write(contentsOf: output)
        }
    }
}

/// Flags that every tool has.
struct EngineOptions: ParsableArguments {
    @Option(help: "Threads of one operation.")
    var threads = 2

    @Option(help: "Where to compute: cpu, cuda or mps.")
    var device = ComputeDevice.cpu

    /// Prepares libtorch for this process.
    func prepare() throws {
        try TorchRuntime.setThreadCount(threads)
        TorchRuntime.keepFreedMemory()
        try device.use()
    }
}
