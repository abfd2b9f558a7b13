import ArgumentParser
import CommandOptions
import LanguageModels
import Pipeline
import Tokenization

struct GenerateCommand: JSONLineTool {
    static let configuration = CommandConfiguration(
        commandName: "generate",
        abstract: "Completions of a prompt.",
        discussion: """
            Example: echo '{"prompt":"Milk comes from"}' | taiji generate --model smollm2 --max-tokens 16
            The prompt is taken as it is, special tokens recognized, nothing added. The same seed draws \
            the same tokens.
            """)

    struct Input: Decodable, JSONLineInput {
        static let keys = ["prompt"]
        var prompt: String
    }

    struct Output: Encodable {
        struct Item: Encodable {
            var text: String
            var ids: [Int32]
            /// log P of each id under the model itself.
            var logProbabilities: [Float]
        }

        var completions: [Item]
    }

    @Option(help: "A GGUF file, a model folder, or smollm2.")
    var model = "smollm2"

    @Option(help: "Maximum number of tokens per completion.")
    var maxTokens = 64

    @Option(help: "0 is greedy; larger is more random.")
    var temperature = 0.0

    @Option(help: "Draw from the likeliest tokens whose probabilities first reach this sum.")
    var topP = 1.0

    @Option(help: "Draw from this many likeliest tokens; 0 for all.")
    var topK = 0

    @Option(help: "Draw from tokens at least this share as likely as the likeliest; 0 for all.")
    var minP = 0.0

    @Option(help: "More than 1 makes tokens less likely that were there before.")
    var repetitionPenalty = 1.0

    @Option(help: "Text that ends a completion; may be given several times.")
    var stop: [String] = []

    @Option(help: "Seed of what is drawn.")
    var seed: UInt64 = 7

    @Option(help: "Completions per prompt.")
    var count = 1

    @Option(help: "What the weights are rounded to; int8 is faster, and not quite the same text.")
    var weights = GenerationWeights.float32

    @OptionGroup var engine: EngineOptions

    func validate() throws {
        let ranges: [(name: String, value: Double, isValid: Bool, expected: String)] = [
            ("count", Double(count), count >= 1, "at least 1"),
            ("max-tokens", Double(maxTokens), maxTokens >= 1, "at least 1"),
            ("temperature", temperature, temperature >= 0 && temperature.isFinite, "0 or more"),
            ("top-p", topP, topP > 0 && topP <= 1, "more than 0, at most 1"),
            ("top-k", Double(topK), topK >= 0, "0 or more"),
            ("min-p", minP, (0...1).contains(minP), "0 to 1"),
            (
                "repetition-penalty", repetitionPenalty,
                repetitionPenalty > 0 && repetitionPenalty.isFinite, "more than 0"
            ),
        ]
        for range in ranges where !range.isValid {
            throw ValidationError("--\(range.name) is \(range.value); expected \(range.expected)")
        }
    }

    func run() throws {
        try engine.prepare()
        // Weights stay in their stored type; results match float32.
        let model = try LanguageModel(model, precision: .stored).drawing(with: weights)
        let sampling = SamplingConfiguration(
            maximumTokens: maxTokens, temperature: temperature, topP: topP, topK: topK, minP: minP,
            repetitionPenalty: repetitionPenalty, stopTexts: stop)
        try answerLines(example: #"{"prompt":"Milk comes from"}"#) { (input: Input) in
            let drawn = try model.generator.generate(
                [model.tokenizer.encode(input.prompt)], keys: [0], groupSize: count, seed: seed,
                configuration: sampling)
            return Output(
                completions: try drawn[0].map {
                    Output.Item(
                        text: try model.text(of: $0.ids), ids: $0.ids,
                        logProbabilities: $0.logProbabilities)
                })
        }
    }
}
