import ArgumentParser
import LanguageModels
import Tokenization

struct TokenizeCommand: JSONLineTool {
    static let configuration = CommandConfiguration(
        commandName: "tokenize",
        abstract: "Text to token ids, or back.",
        discussion: """
            Example: echo '{"text":"fresh milk"}' | taiji tokenize --model smollm2
            With --decode: echo '{"ids":[16064,5405]}' | taiji tokenize --model smollm2 --decode
            """)

    struct Input: Decodable, JSONLineInput {
        static let keys = ["text", "ids"]
        var text: String?
        var ids: [Int32]?
    }

    struct Output: Encodable {
        var text: String?
        var ids: [Int32]?
    }

    @Option(help: "A GGUF file, a model folder, or smollm2 or minilm.")
    var model = "smollm2"

    @Flag(help: "Token ids to text.")
    var decode = false

    func run() throws {
        let tokenizer = try ModelLocation.tokenizer(of: model)
        let example = decode ? #"{"ids":[1,2]}"# : #"{"text":"fresh milk"}"#
        try answerLines(example: example) { (input: Input) in
            if decode {
                guard let ids = input.ids else { throw ValidationError("expected \(example)") }
                return Output(text: try tokenizer.decode(ids))
            }
            guard let text = input.text else { throw ValidationError("expected \(example)") }
            return Output(ids: tokenizer.encode(text))
        }
    }
}
