import Foundation
import ModelFiles

extension PreTokenizer {
    /// One way of cutting text, as a step of `tokenizer.json`'s `pre_tokenizer` has it.
    enum Pattern: Equatable {
        /// `Digits` with `individual_digits`
        case eachNumber
        /// `Split` with this `Regex`, or `ByteLevel` with `use_regex`, whose pattern is GPT-2's
        case regex(String)
    }

    private static let gpt2Pattern =
        #"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"#

    private static func tiktokenPattern(number: String) -> String {
        #"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|"# + number
            + #"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"#
    }

    private static let deepSeekPattern =
        ##"[!"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+|"##
        + #" ?[\p{P}\p{S}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"#

    /// What a `tokenizer.json` of this pre-tokenizer says, in order.
    var patterns: [Pattern] {
        switch self {
        case .gpt2: [.regex(Self.gpt2Pattern)]
        case .smollm: [.eachNumber, .regex(Self.gpt2Pattern)]
        case .llama3: [.regex(Self.tiktokenPattern(number: #"\p{N}{1,3}"#))]
        case .qwen2: [.regex(Self.tiktokenPattern(number: #"\p{N}"#))]
        case .deepSeek:
            [.regex(#"\p{N}{1,3}"#), .regex("[一-龥\u{3040}-ゟ゠-ヿ]+"), .regex(Self.deepSeekPattern)]
        case .unsplit: []
        }
    }

    /// Reads `pre_tokenizer`, and whether it puts a space before text that has none.
    ///
    /// - Throws: `TokenizationError` for anything that would cut text otherwise.
    static func read(_ value: FileValue) throws -> (preTokenizer: PreTokenizer, addsPrefixSpace: Bool) {
        let isSequence = try value.type() == "Sequence"
        var steps = isSequence ? try value.required("pretokenizers").elements() : [value]
        guard let last = steps.popLast() else {
            throw value.unsupported("an empty Sequence", expected: "ByteLevel as the last step")
        }
        var patterns = try steps.map(pattern)
        guard try last.type() == "ByteLevel" else {
            throw last.unsupported(try last.type(), expected: "ByteLevel as the last step")
        }
        if try last.bool("use_regex", missing: true) { patterns.append(.regex(gpt2Pattern)) }
        guard let known = allCases.first(where: { $0.patterns == patterns }) else {
            let found = patterns.map { if case .regex(let text) = $0 { text } else { "Digits" } }
            throw value.unsupported(
                found.joined(separator: ", then "),
                expected: "the patterns of \(allCases.map(\.rawValue).joined(separator: ", "))")
        }
        let addsPrefixSpace = try last.bool("add_prefix_space", missing: true)
        if addsPrefixSpace, !patterns.isEmpty, known != .gpt2 {
            throw last.child("add_prefix_space", .null).unsupported("true", expected: "false after a split")
        }
        return (known, addsPrefixSpace)
    }

    private static func pattern(_ step: FileValue) throws -> Pattern {
        switch try step.type() {
        case "Digits":
            guard try step.bool("individual_digits", missing: false) else {
                throw step.child("individual_digits", .null).unsupported("false", expected: "true")
            }
            return .eachNumber
        case "Split":
            let pattern = try step.required("pattern")
            guard let regex = try pattern.optional("Regex") else {
                throw pattern.unsupported("no Regex", expected: "a Regex")
            }
            let found = Pattern.regex(try withEscapedLineBreaks(regex.string()))
            let behavior = try step.required("behavior")
            let name = try behavior.string()
            // These patterns match all text: what is removed between the matches is empty.
            let isWhole = [PreTokenizer.gpt2, .llama3, .qwen2].contains { $0.patterns == [found] }
            let removesRest = try name == "Removed" && step.bool("invert", missing: false)
            guard name == "Isolated" || (removesRest && isWhole) else {
                throw behavior.unsupported(name, expected: "Isolated")
            }
            return found
        case let other:
            throw step.unsupported(other, expected: "Digits, Split or ByteLevel")
        }
    }

    /// DeepSeek's file writes the line breaks in its patterns as themselves, others as `\r` and `\n`.
    private static func withEscapedLineBreaks(_ pattern: String) -> String {
        var escaped = String.UnicodeScalarView()
        for scalar in pattern.unicodeScalars {
            switch scalar {
            case "\r": escaped.append(contentsOf: #"\r"#.unicodeScalars)
            case "\n": escaped.append(contentsOf: #"\n"#.unicodeScalars)
            default: escaped.append(scalar)
            }
        }
        return String(escaped)
    }

    /// The `pre_tokenizer` that `read` understands as this one.
    func json(addsPrefixSpace: Bool) -> JSONNode {
        func byteLevel(usesRegex: Bool) -> JSONNode {
            .object([
                ("type", .string("ByteLevel")), ("add_prefix_space", .bool(addsPrefixSpace)),
                ("trim_offsets", .bool(true)), ("use_regex", .bool(usesRegex)),
            ])
        }
        var patterns = self.patterns
        let usesRegex = patterns.last == .regex(Self.gpt2Pattern)
        if usesRegex { patterns.removeLast() }
        if patterns.isEmpty { return byteLevel(usesRegex: usesRegex) }
        let steps = patterns.map { pattern -> JSONNode in
            switch pattern {
            case .eachNumber:
                .object([("type", .string("Digits")), ("individual_digits", .bool(true))])
            case .regex(let text):
                .object([
                    ("type", .string("Split")), ("pattern", .object([("Regex", .string(text))])),
                    ("behavior", .string("Isolated")), ("invert", .bool(false)),
                ])
            }
        }
        return .object([
            ("type", .string("Sequence")),
            ("pretokenizers", .array(steps + [byteLevel(usesRegex: usesRegex)])),
        ])
    }
}
