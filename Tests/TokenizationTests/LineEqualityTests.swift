import Foundation
import Testing
import Tokenization

/// The ids of 2,240 lines of many scripts against those of Hugging Face's `tokenizers`
/// (`Reference/tokenizers_lines.py`).
@Suite struct LineEqualityTests {
    static let names = ["smollm2", "minilm", "small-llama3", "small-qwen2", "small-deepseek"]
    static let smallNames = names.filter { $0.hasPrefix("small") }

    static func lines() throws -> [String] {
        let file = TokenizerFiles.tests.appendingPathComponent("Golden/lines.jsonl")
        return try Data(contentsOf: file).split(separator: UInt8(ascii: "\n")).map {
            try JSONDecoder().decode(String.self, from: Data($0))
        }
    }

    static func tokenizer(_ name: String) throws -> any Tokenizer {
        switch name {
        case "smollm2": try TokenizerFiles.smolLM2Tokenizer()
        case "minilm": try TokenizerFile.tokenizer(contentsOf: TokenizerFiles.miniLM)
        default: try ByteLevelBPETokenizer(contentsOf: TokenizerFiles.small(name))
        }
    }

    /// A count and so many ids for each line, LEB128.
    static func expectedIds(_ name: String) throws -> [[Int32]] {
        let file = TokenizerFiles.tests.appendingPathComponent("Golden/lines-\(name).ids")
        var values: [Int32] = []
        var value: Int32 = 0
        var shift: Int32 = 0
        for byte in try Data(contentsOf: file) {
            value |= Int32(byte & 0x7F) << shift
            shift += 7
            if byte < 0x80 {
                values.append(value)
                (value, shift) = (0, 0)
            }
        }
        var lines: [[Int32]] = []
        var position = 0
        while position < values.count {
            let end = position + 1 + Int(values[position])
            lines.append(Array(values[position + 1..<end]))
            position = end
        }
        return lines
    }

    /// The first line that differs, or nil.
    static func firstDifference(_ tokenizer: any Tokenizer, _ lines: [String], _ expected: [[Int32]])
        -> String?
    {
        for (number, (line, ids)) in zip(lines, expected).enumerated() {
            let found = tokenizer.encode(line)
            if found != ids {
                return "line \(number + 1), \(line.debugDescription): \(found), expected \(ids)"
            }
        }
        return nil
    }

    @Test("Every line has the ids of the reference", arguments: names)
    func everyLineMatchesTheReference(name: String) throws {
        let lines = try Self.lines()
        let expected = try Self.expectedIds(name)
        #expect(lines.count >= 2_000)
        #expect(lines.count == expected.count)
        let difference = Self.firstDifference(try Self.tokenizer(name), lines, expected)
        #expect(difference == nil)
    }

    @Test("A written tokenizer.json gives the same ids", arguments: ["smollm2"] + smallNames)
    func writtenFileGivesTheSameIds(name: String) throws {
        let original = try #require(try Self.tokenizer(name) as? ByteLevelBPETokenizer)
        let read = try ByteLevelBPETokenizer(json: original.json(), path: name)
        let difference = Self.firstDifference(read, try Self.lines(), try Self.expectedIds(name))
        #expect(difference == nil)
        #expect(read.textPrefix == original.textPrefix)
        #expect(read.textSuffix == original.textSuffix)
        #expect(read.specialTokens == original.specialTokens)
        let again = try read.json()
        let first = try original.json()
        #expect(again == first)
    }

    @Test("Decoding undoes encoding where nothing is normalized or stripped")
    func decodingUndoesEncoding() throws {
        let tokenizer = try Self.tokenizer("small-deepseek")
        for line in try Self.lines() {
            let decoded = try tokenizer.decode(tokenizer.encode(line))
            #expect(scalars(decoded) == scalars(line))
        }
    }
}
