import Foundation
import TestSupport
import Testing

/// `taiji-bench` at the smallest sizes.
@Suite(.serialized) struct BenchTests {
    private func report(_ arguments: [String]) throws -> [String: Any] {
        let result = try Program.run(
            program: "taiji-bench", arguments + ["--warmup", "0", "--steps", "2"])
        #expect(result.status == 0, "\(result.errors)")
        let lines = try result.json()
        try #require(lines.count == 1)
        return lines[0]
    }

    @Test(
        "Each decoder benchmark prints one object whose rates match its times",
        arguments: [
            ("prefill", ["--batch", "2", "--prompt-tokens", "5"], 10.0, ["prefill"]),
            (
                "decode", ["--batch", "4", "--group", "2", "--prompt-tokens", "5", "--tokens", "3"], 12,
                ["decode"]
            ),
            ("sft", ["--batch", "2", "--tokens", "6"], 12, ["forward", "backward", "update"]),
            ("score", ["--group", "2", "--prompt-tokens", "5", "--completion-tokens", "3"], 6, ["forward"]),
            (
                "score", ["--group", "2", "--prompt-tokens", "5", "--completion-tokens", "3", "--separate"],
                6,
                ["forward"]
            ),
        ])
    func decoderWork(work: String, sizes: [String], tokens: Double, phases: [String]) throws {
        let report = try report([work, "--model", "smollm2"] + sizes)
        #expect(report["work"] as? String == work)
        let seconds = try #require(report["secondsPerStep"] as? [String: Double])
        #expect(Set(seconds.keys) == Set(phases + ["total"]))
        let total = try #require(seconds["total"])
        let rate = try #require(report["tokensPerSecond"] as? Double)
        #expect(abs(rate * total - tokens) < 1e-9 * tokens)
        let fraction = try #require(report["fractionOfLimit"] as? Double)
        #expect(fraction > 0 && fraction < 1)
        let matmul = try #require(report["matmulGFLOPS"] as? Double)
        let operations = try #require(report["gigaOperationsPerStep"] as? Double)
        #expect(abs(fraction - operations / matmul / total) < 1e-9 * fraction)
        let memory = try #require(report["peakResidentGiB"] as? Double)
        #expect(memory > 0.1 && memory < 8)
    }

    @Test("The tokenizing benchmark reports how much text it read")
    func tokenizing() throws {
        try withTemporaryFolder { folder in
            let file = folder.appending(path: "list.txt")
            try Data("fresh milk\n12 eggs\n".utf8).write(to: file)
            let report = try report(["tokenize", "--model", "smollm2", "--file", file.path])
            let details = try #require(report["details"] as? [String: Double])
            #expect(details["megabytesPerStep"] == 19e-6)
            #expect(details["tokensPerStep"] == 7)
        }
    }

    @Test(
        "A size that cannot be timed is named",
        arguments: [
            (["prefill", "--batch", "0"], "batch is 0"),
            (["decode", "--batch", "5", "--group", "2"], "multiple of group"),
            (["score", "--steps", "0", "--prompt-tokens", "1", "--completion-tokens", "1"], "steps is 0"),
            (["tokenize", "--file", "nowhere.txt"], "nowhere.txt"),
        ])
    func badSizes(arguments: [String], words: String) throws {
        let result = try Program.run(program: "taiji-bench", arguments)
        #expect(result.status != 0)
        #expect(result.errors.contains(words), "\(result.errors)")
    }
}
