public import Pipeline
public import Tokenization

/// Encodes a text, each line by itself with its newline, on one thread. There is no floating-point arithmetic
/// to count, so the fraction of the limit is 0.
public struct TokenizingBenchmark: Benchmark {
    /// See `Benchmark`.
    public private(set) var plan: BenchmarkPlan
    private let tokenizer: any Tokenizer
    private let lines: [String]

    /// - Throws: `BenchmarkError.request` for an empty text.
    public init(_ tokenizer: any Tokenizer, text: String) throws {
        guard !text.isEmpty else {
            throw BenchmarkError.request("the text is empty; expected some to encode")
        }
        self.tokenizer = tokenizer
        lines = Self.lines(of: text)
        plan = BenchmarkPlan(
            work: "tokenize", tokensPerStep: 0, operationsPerStep: 0,
            matrixShapes: MatrixProductRate.commonShapes,
            details: ["megabytesPerStep": Double(text.utf8.count) / 1e6])
    }

    /// The lines, each with its newline. Bytes are searched, because "\r\n" is one character.
    static func lines(of text: String) -> [String] {
        var lines: [String] = []
        var rest = text.utf8[...]
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
            let next = rest.index(after: end)
            lines.append(String(Substring(rest[..<next])))
            rest = rest[next...]
        }
        return rest.isEmpty ? lines : lines + [String(Substring(rest))]
    }

    /// See `Benchmark`.
    public mutating func step(_ timer: inout PhaseTimer) throws {
        plan.tokensPerStep = timer.measure("encode") {
            lines.reduce(0) { $0 + tokenizer.encode($1).count }
        }
        plan.details["tokensPerStep"] = Double(plan.tokensPerStep)
    }
}
