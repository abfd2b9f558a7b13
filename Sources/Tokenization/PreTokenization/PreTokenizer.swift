/// How text is cut into words before byte pairs are merged inside each word.
///
/// The raw value is GGUF's name, key `tokenizer.ggml.pre`. The patterns are those of the models' own
/// `tokenizer.json` files; they are scanned by hand (`GPT2Scanner`, `TiktokenScanner`) because a regular
/// expression engine would cost more time than the merging.
public enum PreTokenizer: String, Sendable, CaseIterable {
    /// `'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`
    case gpt2 = "gpt-2"
    /// Each `\p{N}` alone first, then the pattern of GPT-2 in each stretch between.
    case smollm
    /// `(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}|` and then
    /// ` ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`. A word that is a token of the vocabulary is
    /// taken whole, without merging.
    case llama3 = "llama-bpe"
    /// Llama 3's pattern with one `\p{N}` at a time, after normalization to NFC.
    case qwen2

    /// The pre-tokenizer of a GGUF file's `tokenizer.ggml.pre`, by any of the names in use.
    ///
    /// - Throws: `TokenizationError.unknownPreTokenizer`: to guess would silently change the ids.
    public init(ggufName name: String) throws {
        if let known = PreTokenizer(rawValue: name) {
            self = known
        } else if ["llama3", "llama-v3"].contains(name) {
            self = .llama3
        } else if name == "deepseek-r1-qwen" {
            self = .qwen2
        } else {
            throw TokenizationError.unknownPreTokenizer(name: name, known: Self.allCases.map(\.rawValue))
        }
    }

    var normalizesToNFC: Bool { self == .qwen2 }

    var takesWholeTokens: Bool { self == .llama3 }

    /// Calls `body` with each word of `text`, valid UTF-8, in order. The words put together are the text.
    @inline(__always)
    func forEachWord(in text: UnsafeBufferPointer<UInt8>, _ body: (UnsafeBufferPointer<UInt8>) -> Void) {
        ScalarClass.basicPlane.withUnsafeBufferPointer { basicPlane in
            let reader = ScalarReader(bytes: text, basicPlane: basicPlane)
            var start = 0
            while start < text.count {
                let end =
                    switch self {
                    case .gpt2: GPT2Scanner(reader: reader, isolatesNumbers: false).endOfWord(from: start)
                    case .smollm: GPT2Scanner(reader: reader, isolatesNumbers: true).endOfWord(from: start)
                    case .llama3: TiktokenScanner(reader: reader, longestNumber: 3).endOfWord(from: start)
                    case .qwen2: TiktokenScanner(reader: reader, longestNumber: 1).endOfWord(from: start)
                    }
                body(UnsafeBufferPointer(rebasing: text[start..<end]))
                start = end
            }
        }
    }
}
