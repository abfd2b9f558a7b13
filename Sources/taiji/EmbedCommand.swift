import ArgumentParser
import CommandOptions
import LanguageModels

struct EmbedCommand: JSONLineTool {
    static let configuration = CommandConfiguration(
        commandName: "embed",
        abstract: "A text as a unit-length vector.",
        discussion: #"Example: echo '{"text":"whole milk 1 gal"}' | taiji embed --model minilm"#)

    struct Input: Decodable, JSONLineInput {
        static let keys = ["text"]
        var text: String
    }

    struct Output: Encodable {
        var embedding: [Float]
    }

    @Option(help: "A folder with a sentence encoder (BERT, or a decoder such as Qwen3-Embedding), or minilm.")
    var model = "minilm"

    @Option(help: "What the texts are looked up for, for encoders that take an instruction with a query.")
    var instruction: String?

    @OptionGroup var engine: EngineOptions

    func run() throws {
        try engine.prepare()
        let encoder = try SentenceEncoder(named: model)
        try answerLines(example: #"{"text":"whole milk 1 gal"}"#) { (input: Input) in
            Output(embedding: try encoder.embed([input.text], instruction: instruction))
        }
    }
}
