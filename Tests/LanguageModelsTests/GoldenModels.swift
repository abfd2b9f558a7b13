import Foundation
import ModelFiles
import Pipeline
import TestSupport
import Torch
import TorchNN

@testable import LanguageModels

/// The tiny models that Reference/models.py wrote, and what transformers computes with them.
enum GoldenModel {
    struct Inputs: Decodable, Sendable { let ids: [Int32] }

    struct Expected: Decodable, Sendable {
        /// log P of every token after the first.
        let tokenLogProbabilities: [Double]
        /// log P of every token of the vocabulary after the last.
        let last: [Double]
    }

    typealias Case = GoldenCase<Inputs, Expected>

    /// Decoders of every family: tied, untied with Llama 3's rotary scaling, with attention bias, with norms
    /// of queries and keys and a head width of its own, with YaRN.
    static let decoders = ["llama-tied", "llama3", "qwen2", "qwen3", "qwen2-yarn"]

    /// Those that a GGUF file can hold.
    static let exportable = decoders.filter { $0 != "qwen2-yarn" }

    /// float32 code against float64 numbers of models whose log-probabilities reach −40; transformers' own
    /// float32 numbers differ from them by up to 2e-5.
    static let tolerance = 1e-4

    static func folder(_ name: String) -> URL {
        PackageFolder.golden("models/\(name)").deletingPathExtension()
    }

    static func cases(_ name: String) throws -> [Case] { try Golden.cases("models/\(name)") }

    /// The largest difference from the golden numbers over all cases, from a whole forward pass each.
    static func difference(_ model: LanguageModel, _ name: String) throws -> Double {
        let cases = try cases(name)
        return try withoutGrad {
            try cases.map { example in
                let ids = example.inputs.ids
                let scores = try model.decoder.logits(ids).logSoftmax(axis: -1)
                let (count, vocabulary) = try scores.shape2
                let all: [Float] = try scores.elements()
                let found = (0..<count - 1).map { Double(all[$0 * vocabulary + Int(ids[$0 + 1])]) }
                let last = all[(count - 1) * vocabulary..<count * vocabulary].map(Double.init)
                return max(
                    TestSupport.difference(found, example.expected.tokenLogProbabilities),
                    TestSupport.difference(last, example.expected.last))
            }.max() ?? .infinity
        }
    }

    /// log P of every token after the first `promptLength` of each sequence: the prompts computed at once,
    /// the other tokens fed one at a time, all sequences side by side, through the cache that generation
    /// uses.
    static func stepwise(
        _ decoder: Decoder, _ sequences: [[Int32]], promptLength: Int
    ) throws -> [[Double]] {
        try withoutGrad {
            var run = GenerationRun(decoder)
            var found = [[Double]](repeating: [], count: sequences.count)
            func record(_ scores: Tensor, _ active: [ActiveSequence]) throws {
                let rows: [Float] = try scores.logSoftmax(axis: -1).elements()
                let vocabulary = scores.shape[1]
                for (row, sequence) in active.enumerated() {
                    let next = sequences[sequence.prompt][promptLength + sequence.completion.ids.count]
                    found[sequence.prompt].append(Double(rows[row * vocabulary + Int(next)]))
                }
            }
            var active: [ActiveSequence] = []
            for (index, sequence) in sequences.enumerated() where sequence.count > promptLength {
                try run.prefill(Array(sequence.prefix(promptLength)))
                let begun = ActiveSequence(
                    prompt: index, place: 0, configuration: SamplingConfiguration(maximumTokens: 1),
                    cached: try run.fork(isLast: true),
                    generator: SeededGenerator(seed: 0))
                try record(run.promptScores(), [begun])
                active.append(begun)
            }
            while true {
                for index in active.indices {
                    let sequence = sequences[active[index].prompt]
                    active[index].completion.ids.append(
                        sequence[promptLength + active[index].completion.ids.count])
                    active[index].isDone =
                        promptLength + active[index].completion.ids.count == sequence.count
                }
                active.removeAll { $0.isDone }
                guard !active.isEmpty else { return found }
                try record(run.step(&active), active)
            }
        }
    }

    /// A copy of a model's folder without its weights, and its weights.
    static func copy(_ name: String, to folder: URL) throws -> [(name: String, tensor: Tensor)] {
        try FileManager.default.copyItem(at: self.folder(name), to: folder)
        let file = folder.appending(path: "model.safetensors")
        let weights = try SafetensorsFile(file)
        let tensors = try weights.entries.keys.sorted().map { ($0, try weights.tensor($0)) }
        try FileManager.default.removeItem(at: file)
        return tensors
    }
}
