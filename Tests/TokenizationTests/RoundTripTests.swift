import Testing
import Tokenization

@Suite struct RoundTripTests {
    /// Text of one to forty stretches, each from one block of Unicode, in which SmolLM2 can write every byte.
    private static func randomText(_ generator: inout SplitMix64) -> String {
        let blocks: [ClosedRange<UInt32>] = [
            0x20...0x7E, 0x61...0x7A, 0x30...0x39, 0x09...0x0D, 0x20...0x20, 0xA0...0x24F, 0x300...0x36F,
            0x370...0x52F, 0x590...0x6FF, 0x900...0xDFF, 0xE00...0xEFF, 0x1100...0x11FF, 0x2000...0x206F,
            0x3040...0x30FF, 0x4E00...0x9FFF, 0xAC00...0xD7A3, 0xE000...0xFFFF, 0x10000...0x1FFFF,
            0x1F300...0x1FAFF, 0x20000...0x3FFFF, 0xC0000...0x10FFFF,
        ]
        var text = String.UnicodeScalarView()
        for _ in 0..<Int.random(in: 1...40, using: &generator) {
            let block = blocks[Int.random(in: 0..<blocks.count, using: &generator)]
            for _ in 0..<Int.random(in: 1...8, using: &generator) {
                if let scalar = Unicode.Scalar(UInt32.random(in: block, using: &generator)) {
                    text.append(scalar)
                }
            }
        }
        return String(text)
    }

    @Test("decoding undoes encoding") func decodingUndoesEncoding() throws {
        let tokenizer = try TokenizerFiles.smolLM2Tokenizer()
        for seed: UInt64 in 0..<2_000 {
            var generator = SplitMix64(seed: seed)
            let text = Self.randomText(&generator)
            #expect(scalars(try tokenizer.decode(tokenizer.encode(text))) == scalars(text), "seed \(seed)")
        }
    }

    @Test("every pre-tokenizer that does not normalize keeps all bytes") func everyPreTokenizerKeepsAllBytes()
        throws
    {
        for kind in PreTokenizer.allCases where kind != .qwen2 {  // which normalizes
            let tokenizer = try TokenizerFiles.smolLM2Tokenizer(kind)
            for seed: UInt64 in 0..<300 {
                var generator = SplitMix64(seed: seed)
                let text = Self.randomText(&generator)
                #expect(
                    scalars(try tokenizer.decode(tokenizer.encode(text))) == scalars(text),
                    "\(kind), seed \(seed)")
            }
        }
    }

    @Test("the tokens of a word do not depend on earlier texts") func tokensIgnoreEarlierTexts() throws {
        let used = try TokenizerFiles.smolLM2Tokenizer()
        for seed: UInt64 in 0..<2_000 {
            var generator = SplitMix64(seed: seed)
            _ = used.encode(Self.randomText(&generator))
        }
        let fresh = try TokenizerFiles.smolLM2Tokenizer()
        for seed: UInt64 in 5_000..<5_200 {
            var generator = SplitMix64(seed: seed)
            let text = Self.randomText(&generator)
            #expect(used.encode(text) == fresh.encode(text), "seed \(seed)")
        }
    }
}

/// A small seeded generator (Steele, Lea and Flood's SplitMix64).
struct SplitMix64: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
