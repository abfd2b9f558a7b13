import ArgumentParser
import Foundation
import LanguageModels

struct MemoryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "memory",
        abstract: "What a training step takes in memory, and whether it fits, before it is begun.",
        discussion: """
            Examples:
              taiji memory --model smollm2 --group 8 --prompt-tokens 512 --completion-tokens 128 --limit 24
              taiji memory --model DIR --group 4 --prompt-tokens 13000 --completion-tokens 2048
            The weights are not read: a folder needs its config.json alone. Sizes are in GiB; what the
            program and its libraries take themselves (.3 on a processor, about 1 on a GPU) comes on top.
            """)

    @Option(help: "A GGUF file, a model folder, or smollm2.")
    var model = "smollm2"

    @Option(help: "Prompts of one forward pass.")
    var prompts = 1

    @Option(help: "Completions of each prompt, which is computed once for all of them.")
    var group = 8

    @Option(help: "Tokens of a prompt.")
    var promptTokens = 512

    @Option(help: "Tokens of a completion.")
    var completionTokens = 128

    @Option(help: "The adapters' rank.")
    var rank = 16

    @Option(help: "Gradients that are held at once: 1, or one a reward and the mixture's under POPO.")
    var gradientSets = 1

    @Option(help: "The memory that there is, in GiB.")
    var limit = 80.0

    func validate() throws {
        let counts = [
            ("prompts", prompts), ("group", group), ("prompt-tokens", promptTokens),
            ("completion-tokens", completionTokens), ("rank", rank), ("gradient-sets", gradientSets),
        ]
        for (name, count) in counts where !(1...1 << 24).contains(count) {
            throw ValidationError("--\(name) is \(count); expected 1 to \(1 << 24)")
        }
        guard limit > 0, limit.isFinite else {
            throw ValidationError("--limit is \(limit); expected more than 0")
        }
    }

    func run() throws {
        let sizes = try ModelLocation.decoderConfiguration(of: model)
        var step = TrainingMemory.Step(
            prompts: prompts, group: group, promptTokens: promptTokens, completionTokens: completionTokens)
        step.gradientSets = gradientSets
        let methods = [nil, LowRankConfiguration(rank: rank)].flatMap { adapters in
            [false, true].map { TrainingMemory.Method(adapters: adapters, recomputes: $0) }
        }
        let plans = methods.map { TrainingMemory(sizes, $0, step) }
        let millions = Double(sizes.parameterCount) / 1e6
        print("\(Self.fixed(millions, 1)) M parameters; \(step.tokens) tokens in one forward pass")
        print(Self.row("GiB", ["all weights", "", "rank \(rank)", ""]))
        print(Self.row("activations", methods.map { $0.recomputes ? "recomputed" : "kept" }))
        let parts: [(String, KeyPath<TrainingMemory, Int>)] = [
            ("weights", \.weights), ("gradients", \.gradients), ("optimizer", \.moments),
            ("activations", \.activations), ("work", \.work), ("training", \.training),
            ("rollouts", \.rollouts),
        ]
        for (name, part) in parts { print(Self.row(name, plans.map { Self.gibibytes($0[keyPath: part]) })) }
        let fits = plans.map { Double($0.peak) <= limit * 1_073_741_824 }
        print(Self.row("fits in \(Self.fixed(limit, 0))", fits.map { $0 ? "yes" : "no" }))
    }

    private static func gibibytes(_ bytes: Int) -> String { fixed(Double(bytes) / 1_073_741_824, 2) }

    private static func fixed(_ number: Double, _ digits: Int) -> String {
        String(format: "%.\(digits)f", number)
    }

    private static func row(_ name: String, _ cells: [String]) -> String {
        let padded = cells.map { String(repeating: " ", count: max(1, 13 - $0.count)) + $0 }
        return name.padding(toLength: 14, withPad: " ", startingAt: 0) + padded.joined()
    }
}
