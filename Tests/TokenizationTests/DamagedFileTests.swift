import Foundation
import TestSupport
import Testing
import Tokenization

/// Mutated tokenizer files: each loads and round-trips, or throws one error that names the file and the
/// place.
@Suite struct DamagedFileTests {
    struct Damage: Sendable {
        var name: String
        var data: Data
        /// Whether the file must be refused; otherwise it may load as well.
        var mustFail = true
    }

    private static func replaced(_ text: String, _ part: String, _ other: String, _ count: Int = 1) -> String
    {
        var rest = text
        for _ in 0..<count {
            guard let range = rest.range(of: part, options: .literal) else { return rest + "no \(part)" }
            rest.replaceSubrange(range, with: other)
        }
        return rest
    }

    private static func damages() throws -> [Damage] {
        var all: [Damage] = []
        let qwen = try String(contentsOf: TokenizerFiles.small("small-qwen2"), encoding: .utf8)
        let llama = try String(contentsOf: TokenizerFiles.small("small-llama3"), encoding: .utf8)
        func add(_ name: String, _ text: String, mustFail: Bool = true) {
            all.append(Damage(name: name, data: Data(text.utf8), mustFail: mustFail))
        }
        for (key, value) in [
            ("model", "5"), ("model", "null"), ("vocab", "[]"), ("vocab", "\"x\""), ("vocab", "{}"),
            ("vocab", "{\"a\": 0}"), ("merges", "{}"), ("merges", "null"), ("merges", "[5]"),
            ("merges", "[[]]"),
            ("merges", "[[\"a\"]]"), ("merges", "[[\"a\", 5]]"), ("merges", "[[\"a\", \"b\", \"c\"]]"),
            ("merges", "[\"a\"]"), ("merges", "[\"\"]"), ("merges", "[\" \"]"), ("merges", "[\"a zzzz\"]"),
            ("added_tokens", "5"), ("added_tokens", "[5]"), ("added_tokens", "[{}]"),
            ("added_tokens", "[{\"id\": 0, \"content\": 7}]"),
            ("added_tokens", "[{\"id\": -1, \"content\": \"q\"}]"),
            ("added_tokens", "[{\"id\": 4000000000, \"content\": \"q\"}]"),
            ("added_tokens", "[{\"id\": 9223372036854775807, \"content\": \"q\"}]"),
            ("added_tokens", "[{\"id\": 1e30, \"content\": \"q\"}]"),
            ("added_tokens", "[{\"id\": 0, \"content\": \"q\"}]"),
            ("added_tokens", "[{\"id\": 1.5, \"content\": \"q\"}]"), ("decoder", "null"),
            ("decoder", "{\"type\": \"WordPiece\"}"),
            ("decoder", "[]"), ("pre_tokenizer", "null"), ("pre_tokenizer", "{\"type\": 5}"),
            ("pre_tokenizer", "\"ByteLevel\""),
            ("pre_tokenizer", "{\"type\": \"Sequence\", \"pretokenizers\": 5}"), ("normalizer", "{}"),
            ("normalizer", "{\"type\": \"NFKC\"}"),
            ("post_processor", "{\"type\": \"TemplateProcessing\", \"single\": []}"),
            ("post_processor", "{\"type\": \"RobertaProcessing\", \"sep\": [], \"cls\": []}"),
            (
                "post_processor",
                "{\"type\": \"BertProcessing\", \"sep\": [\"a\", 99999], \"cls\": [\"a\", -5]}"
            ),
            ("ignore_merges", "\"yes\""), ("unk_token", "7"), ("dropout", "0.5"), ("dropout", "\"0\""),
        ] { add("\(key) = \(value)", try Self.member(key, set: value, in: qwen)) }
        add("huge id", replaced(qwen, "\"!\": 0", "\"!\": 2147483647"))
        add("id of 2⁶³", replaced(qwen, "\"!\": 0", "\"!\": 9223372036854775808"))
        add("negative id", replaced(qwen, "\"!\": 0", "\"!\": -1"))
        add("id twice", replaced(qwen, "\"!\": 0", "\"!\": 1"))
        add("token twice", replaced(qwen, "\"!\": 0", "\"!\": 0, \"!\": 0"))
        add("id is text", replaced(qwen, "\"!\": 0", "\"!\": \"0\""))
        add("token missing", replaced(qwen, "\"!\": 0,", ""))
        add("special id outside", replaced(llama, "\"ids\": [", "\"ids\": [123456789, "))
        add("special id negative", replaced(llama, "\"ids\": [", "\"ids\": [-3, "))
        add("merge with itself", replaced(qwen, "\"merges\": [", "\"merges\": [\"t t\", \"tt tt\", "))
        add("cyclic merges", replaced(llama, "\"merges\": [", "\"merges\": [[\"\", \"t\"], [\"t\", \"\"], "))
        add("merges twice", try Self.member("merges", set: "[\"a b\", \"a b\"]", in: qwen), mustFail: false)
        add("empty", "")
        add("blank", " \n")
        add("null", "null")
        add("text after", qwen + "{}")
        add("half a surrogate pair", replaced(qwen, "\"!\": 0", "\"\\ud800\": 0"))
        add("unknown escape", replaced(qwen, "\"!\": 0", "\"\\x41\": 0"))
        add("not hexadecimal", replaced(qwen, "\"!\": 0", "\"\\u00g1\": 0"))
        add("control character", replaced(qwen, "\"!\": 0", "\"\u{1}\": 0"))
        add("number without digits", replaced(qwen, "\"!\": 0", "\"!\": -"))
        add("deep lists", String(repeating: "[", count: 200_000))
        add("deep objects", String(repeating: "{\"a\":", count: 200_000))
        add(
            "deep sequence",
            replaced(
                qwen, "\"normalizer\": ",
                "\"normalizer\": "
                    + String(repeating: "{\"type\":\"Sequence\",\"normalizers\":[", count: 5_000)))
        all += try byteDamages(Data(qwen.utf8))
        return all
    }

    /// Cut off, invalid UTF-8, and bytes changed at random: what JSON is left may still be a tokenizer.
    private static func byteDamages(_ data: Data) throws -> [Damage] {
        var all: [Damage] = []
        for part in 1...12 {
            all.append(Damage(name: "cut at \(part) of 13", data: data.prefix(data.count * part / 13)))
        }
        let text = try #require(data.firstRange(of: Data("\"!\": 0".utf8)))
        for bytes: [UInt8] in [
            [0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xE2, 0x82],
        ] {
            var damaged = data
            damaged.replaceSubrange(text.lowerBound + 1..<text.lowerBound + 2, with: bytes)
            all.append(Damage(name: "invalid UTF-8 \(bytes)", data: damaged))
        }
        for seed in 0..<400 {
            var random = TestRandom(seed: seed)
            var damaged = data
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                let place = Int.random(in: 0..<damaged.count, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: damaged[place] = UInt8.random(in: 0...255, using: &random)
                case 1: damaged.remove(at: place)
                default: damaged.insert(contentsOf: damaged[place..<min(place + 9, damaged.count)], at: place)
                }
            }
            all.append(Damage(name: "bytes of seed \(seed)", data: damaged, mustFail: false))
        }
        return all
    }

    /// The file with another value of the first member of this name, at the top or in `model`.
    private static func member(_ name: String, set value: String, in text: String) throws -> String {
        var file = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        let new = try JSONSerialization.jsonObject(with: Data(value.utf8), options: .fragmentsAllowed)
        if file[name] != nil {
            file[name] = new
        } else {
            var model = try #require(file["model"] as? [String: Any])
            model[name] = new
            file["model"] = model
        }
        return String(decoding: try JSONSerialization.data(withJSONObject: file), as: UTF8.self)
    }

    @Test("A damaged file loads and round-trips or is refused by file and place")
    func aDamagedFileIsRefusedOrLoads() throws {
        let damages = try Self.damages()
        #expect(damages.filter(\.mustFail).count >= 70)
        let text = "Tap water, <think>café 123</think> <|im_start|>水を飲む 👩‍👩‍👧\r\n"
        for damage in damages {
            do {
                let tokenizer = try TokenizerFile.tokenizer(json: damage.data, path: "dir/damaged.json")
                #expect(!damage.mustFail, "\(damage.name) was read")
                let bpe = try #require(tokenizer as? ByteLevelBPETokenizer)
                let ids = bpe.encode(text)
                _ = try bpe.decode(ids)
                let again = try ByteLevelBPETokenizer(json: bpe.json(), path: "again").encode(text)
                #expect(again == ids, "\(damage.name)")
            } catch let error as TokenizationError {
                switch error {
                case .malformedFile("dir/damaged.json", let key, _),
                    .unsupportedFile("dir/damaged.json", let key, _, _):
                    #expect(!key.isEmpty, "\(damage.name)")
                default: Issue.record("\(damage.name): \(error)")
                }
            }
        }
    }
}
