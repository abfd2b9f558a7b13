import ArgumentParser
import LanguageModels
import Tokenization

struct GenerateCommand: JSONLineTool {
    static let configuration = CommandConfiguration(
        commandName: "generate",
        abstract: "Completions of a prompt.",
        discussion: """
            Example: echo '{"prompt":"The shopper buys"}' | taiji generate --model smollm2 --max-tokens 16
            The prompt is taken as it is, special tokens recognized, nothing added. The same seed draws the same tokens.
            """)

    struct Input: Decodable {
        var prompt: String
    }

    struct Output: Encodable {
        struct Item: Encodable {
            var text: String
            var ids: [Int32]
        }

        var completions: [Item]
    }

    @Option(help: "A GGUF file, a model folder, or smollm2.")
    var model = "smollm2"

    @Option(help: "Most tokens of a completion.")
    var maxTokens = 64

    @Option(help: "0 is greedy; larger is more random.")
    var temperature = 0.0

    @Option(help: "Draw from the likeliest tokens whose probabilities first reach this sum.")
    var topP = 1.0

    @Option(help: "Draw from this many likeliest tokens; 0 for all.")
    var topK = 0

    @Option(help: "Seed of what is drawn.")
    var seed: UInt64 = 7

    @Option(help: "Completions a prompt.")
    var count = 1

    @OptionGroup var engine: EngineOptions

    func run() throws {
        try engine.prepare()
        let model = try LanguageModel(model)
        let sampling = SamplingConfiguration(
            maximumTokens: maxTokens, temperature: temperature, topP: topP, topK: topK)
        try answerLines(example: #"{"prompt":"The shopper buys"}"#) { (input: Input) in
            let drawn = try model.generator.generate(
                [model.tokenizer.encode(input.prompt)], keys: [0], groupSize: count, seed: seed,
                configuration: sampling)
            return Output(
                completions: try drawn[0].map {
                    Output.Item(
                        text: try model.tokenizer.decode($0.ids, skipsSpecialTokens: true), ids: $0.ids)
                })
        }
    }
}
