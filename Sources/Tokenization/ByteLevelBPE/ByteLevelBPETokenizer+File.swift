public import Foundation
import ModelFiles

extension ByteLevelBPETokenizer {
    /// Reads a Hugging Face `tokenizer.json` of byte-level BPE, as GPT-2, SmolLM2, Llama 3, Qwen and DeepSeek
    /// have it. The file's truncation and padding are left to the caller.
    ///
    /// - Throws: `TokenizationError` naming the file and the key; what would change ids and is not known here
    ///   is refused.
    public convenience init(contentsOf file: URL) throws {
        try self.init(json: TokenizerFile.data(of: file), path: file.path)
    }

    /// Reads the bytes of a `tokenizer.json`.
    ///
    /// - Parameters:
    ///   - json: the file's bytes.
    ///   - path: what errors call the file.
    /// - Throws: `TokenizationError` naming the file and the key.
    public convenience init(json: Data, path: String) throws {
        try self.init(FileValue(parsing: json, path: path))
    }

    convenience init(_ file: FileValue) throws {
        let model = try file.required("model")
        guard try model.type() == "BPE" else {
            throw try model.required("type").unsupported(try model.type(), expected: "BPE")
        }
        let vocabulary = try Vocabulary(file)
        try Self.checkModel(model)
        try Self.checkDecoder(file.required("decoder"))
        let split = try PreTokenizer.read(file.required("pre_tokenizer"))
        var definition = BPEDefinition(
            tokens: vocabulary.tokens, index: vocabulary.index,
            merges: try Self.merges(model.required("merges"), in: vocabulary.index),
            added: vocabulary.added, preTokenizer: split.preTokenizer,
            normalizesToNFC: try Self.normalizesToNFC(file.optional("normalizer")),
            takesWholeTokens: try model.bool("ignore_merges", missing: false),
            addsPrefixSpace: split.addsPrefixSpace,
            fusesUnknown: try model.bool("fuse_unk", missing: false))
        if let unknown = try model.optional("unk_token") {
            definition.unknownToken = try vocabulary.id(of: unknown.string(), at: unknown)
        }
        if let processor = try file.optional("post_processor") {
            definition.template = try TextTemplate(processor, in: vocabulary)
        }
        self.init(definition)
        if try model.bool("byte_fallback", missing: false), !bytesWithoutToken.isEmpty {
            throw model.child("byte_fallback", .null).unsupported(
                "true with \(bytesWithoutToken.count) bytes missing", expected: "a token for each byte")
        }
    }

    /// Refuses what would change ids and what no model of these families has.
    private static func checkModel(_ model: FileValue) throws {
        for key in ["continuing_subword_prefix", "end_of_word_suffix"] {
            guard let value = try model.optional(key), try !value.string().isEmpty else { continue }
            throw value.unsupported("'\(try value.string())'", expected: "none")
        }
        if let dropout = try model.optional("dropout") {
            switch dropout.node {
            case .integer(0), .real(0): break
            default: throw dropout.unsupported(dropout.node.kind, expected: "none")
            }
        }
    }

    private static func checkDecoder(_ decoder: FileValue) throws {
        switch try decoder.type() {
        case "ByteLevel": return
        case "Sequence":
            let steps = try decoder.required("decoders").elements()
            for step in steps where try step.type() != "ByteLevel" {
                throw step.unsupported(try step.type(), expected: "ByteLevel")
            }
        case let other: throw decoder.unsupported(other, expected: "ByteLevel")
        }
    }

    private static func normalizesToNFC(_ normalizer: FileValue?) throws -> Bool {
        guard let normalizer else { return false }
        switch try normalizer.type() {
        case "NFC": return true
        case "Sequence":
            let steps = try normalizer.required("normalizers").elements()
            return try steps.map(normalizesToNFC).contains(true)
        case let other: throw normalizer.unsupported(other, expected: "NFC or none")
        }
    }

    /// Merges in either form: `"Ġ t"` or `["Ġ", "t"]`.
    private static func merges(_ list: FileValue, in index: ByteStringIndex) throws -> [BPEDefinition.Merge] {
        var merges: [BPEDefinition.Merge] = []
        for element in try list.elements() {
            do {
                switch element.node {
                case .string(let text):
                    if text.hasPrefix("#version") { continue }
                    merges.append(try BPEDefinition.merge(text, at: merges.count, in: index))
                default:
                    let pair = try element.elements()
                    guard pair.count == 2 else { throw element.malformed("two tokens expected") }
                    merges.append(
                        try BPEDefinition.merge(
                            pair[0].string(), pair[1].string(), at: merges.count, in: index))
                }
            } catch TokenizationError.malformedMerge(_, let merge) {
                throw element.malformed("'\(merge)' is not two tokens with one space between")
            } catch TokenizationError.mergeOutsideVocabulary(_, let merge, let missing) {
                throw element.malformed("'\(merge)' needs '\(missing)', which model.vocab lacks")
            }
        }
        return merges
    }
}
