import Foundation
import Tokenization

/// The files that the tests read, found from this file's own place.
enum TokenizerFiles {
    static let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    static let models = tests.deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent(".deps/models")
    static let miniLM = models.appendingPathComponent("minilm/tokenizer.json")
    static let smolLM2 = models.appendingPathComponent("smollm2/SmolLM2-135M-Instruct.Q4_1.gguf")

    /// A small tokenizer.json by its name without `.json`.
    static func small(_ name: String) -> URL { tests.appendingPathComponent("Golden/\(name).json") }

    /// The cases of one file in Golden.
    static func golden<Case: Decodable>(_ name: String, as type: Case.Type) throws -> [Case] {
        let data = try Data(contentsOf: tests.appendingPathComponent("Golden/\(name)"))
        return try JSONDecoder().decode(GoldenFile<Case>.self, from: data).cases
    }

    /// SmolLM2's tokenizer, or the same vocabulary with another pre-tokenizer.
    static func smolLM2Tokenizer(_ preTokenizer: PreTokenizer = .smollm) throws -> ByteLevelBPETokenizer {
        let metadata = try smolLM2Metadata.get()
        return try ByteLevelBPETokenizer(
            tokens: metadata.strings["tokenizer.ggml.tokens"] ?? [],
            merges: metadata.strings["tokenizer.ggml.merges"] ?? [],
            tokenTypes: metadata.integers["tokenizer.ggml.token_type"] ?? [],
            preTokenizer: preTokenizer)
    }

    static let smolLM2Metadata = Result { try GGUFMetadata(contentsOf: smolLM2) }
}

struct GoldenFile<Case: Decodable>: Decodable { var cases: [Case] }

/// A golden case of `Reference/tokenizer_golden.py`.
struct TokenizerCase: Decodable {
    var text: String?  // absent where only decoding is tested
    var ids: [Int32]
    var idsWithoutSpecialTokens: [Int32]?
    var decoded: String
    var decodedSkipping: String
}

/// Equality of scalars; `==` would equate canonically equivalent strings.
func scalars(_ text: String) -> [UInt32] { text.unicodeScalars.map(\.value) }
