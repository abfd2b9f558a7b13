/// How text is cut into words before byte pairs are merged inside each word.
///
/// The raw value is GGUF's name, key `tokenizer.ggml.pre`. The patterns are those of the models' own
/// `tokenizer.json` files (`PreTokenizer.patterns`); they are scanned by hand (`GPT2Scanner`,
/// `TiktokenScanner`, `DeepSeekScanner`) because a regular expression engine would cost more time than the
/// merging.
public enum PreTokenizer: String, Sendable, CaseIterable {
    /// `'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`
    case gpt2 = "gpt-2"
    /// Each `\p{N}` alone first, then the pattern of GPT-2 in each stretch between.
    case smollm
    /// `(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}|` and then
    /// ` ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`. A word that is a token of the vocabulary is
    /// taken whole, without merging.
    case llama3 = "llama-bpe"
    /// Llama 3's pattern with one `\p{N}` at a time, after normalization to NFC: Qwen2, Qwen3, QwQ and
    /// DeepSeek-R1-Distill-Qwen.
    case qwen2
    /// DeepSeek-V3 and R1: numbers in threes, stretches of CJK, then a pattern of its own.
    case deepSeek = "deepseek-v3"
    /// No cut: all text between added tokens is one word. (Of `tokenizer.json` only; GGUF has no name for
    /// it.)
    case unsplit

    /// The pre-tokenizer of a GGUF file's `tokenizer.ggml.pre`, by any of the names in use.
    ///
    /// - Throws: `TokenizationError.unknownPreTokenizer`: to guess would silently change the ids.
    public init(ggufName name: String) throws {
        if let known = PreTokenizer(rawValue: name), known != .unsplit {
            self = known
        } else if ["llama3", "llama-v3"].contains(name) {
            self = .llama3
        } else if name == "deepseek-r1-qwen" {
            self = .qwen2
        } else {
            let known = Self.allCases.filter { $0 != .unsplit }.map(\.rawValue)
            throw TokenizationError.unknownPreTokenizer(name: name, known: known)
        }
    }

    /// Whether the models of this pre-tokenizer normalize text to NFC.
    var normalizesToNFC: Bool { self == .qwen2 }

    /// Whether the models of this pre-tokenizer take a word that is a token whole.
    var takesWholeTokens: Bool { self == .llama3 }

    /// Calls `body` with each word of `text`, valid UTF-8, in order. The words put together are the text.
    @inline(__always)
    func forEachWord(in text: UnsafeBufferPointer<UInt8>, _ body: (UnsafeBufferPointer<UInt8>) -> Void) {
        let plane = self == .deepSeek ? ScalarClass.finePlane : ScalarClass.basicPlane
        plane.withUnsafeBufferPointer { plane in
            let reader = ScalarReader(bytes: text, basicPlane: plane, isFine: self == .deepSeek)
            var start = 0
            while start < text.count {
                let end =
                    switch self {
                    case .gpt2: GPT2Scanner(reader: reader, isolatesNumbers: false).endOfWord(from: start)
                    case .smollm: GPT2Scanner(reader: reader, isolatesNumbers: true).endOfWord(from: start)
                    case .llama3: TiktokenScanner(reader: reader, longestNumber: 3).endOfWord(from: start)
                    case .qwen2: TiktokenScanner(reader: reader, longestNumber: 1).endOfWord(from: start)
                    case .deepSeek: DeepSeekScanner(reader: reader).endOfWord(from: start)
                    case .unsplit: text.count
                    }
                body(UnsafeBufferPointer(rebasing: text[start..<end]))
                start = end
            }
        }
    }
}
