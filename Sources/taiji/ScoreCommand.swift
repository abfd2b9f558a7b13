import ArgumentParser
import CommandOptions
import LanguageModels

struct ScoreCommand: JSONLineTool {
    static let configuration = CommandConfiguration(
        commandName: "score",
        abstract: "How likely a model finds an answer after a prompt. Eq. (1).",
        discussion: """
            Example: echo '{"prompt":"Milk comes from","answer":" cows"}' | taiji score --model smollm2
            The prompt is taken as it is, special tokens recognized, nothing added.
            """)

    struct Input: Decodable, JSONLineInput {
        static let keys = ["prompt", "answer"]
        var prompt: String
        var answer: String
    }

    struct Output: Encodable {
        var tokens: Int
        var logLikelihood: Double
        var perplexity: Double
    }

    @Option(help: "A GGUF file, a model folder, or smollm2.")
    var model = "smollm2"

    @OptionGroup var engine: EngineOptions

    func run() throws {
        try engine.prepare()
        // Weights stay in their stored type; results match float32.
        let model = try LanguageModel(model, precision: .stored)
        try answerLines(example: #"{"prompt":"Milk comes from","answer":" cows"}"#) { (input: Input) in
            let score = try perplexity(ofAnswer: input.answer, given: input.prompt, under: model)
            return Output(
                tokens: score.tokenCount, logLikelihood: score.logLikelihood, perplexity: score.perplexity)
        }
    }
}
