import ArgumentParser
import Benchmarks

struct BenchScoringCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "score",
        abstract: "Log-probabilities of several continuations of one prompt. Eq. (1).",
        discussion: """
            Example: taiji-bench score --group 3 --prompt-tokens 482 --completion-tokens 100
            With --separate, each continuation goes with the prompt through a forward pass of its own; the arithmetic that the
            work needs stays the same.
            """)

    @Option(help: "Continuations of the prompt.")
    var group = 3

    @Option(help: "Tokens of the prompt.")
    var promptTokens = 482

    @Option(help: "Tokens of each continuation.")
    var completionTokens = 100

    @Flag(help: "Compute the prompt again for each continuation.")
    var separate = false

    @OptionGroup var options: BenchOptions

    func run() throws {
        try options.report(
            ScoringBenchmark(
                options.decoder(), promptTokens: promptTokens, group: group,
                completionTokens: completionTokens,
                isSeparate: separate, seed: options.seed))
    }
}
