import Foundation
import LanguageModels
import Pipeline
import ReasoningActivation
import RunFixtures
import TestSupport
import Testing
import Torch
import TorchNN

@Suite struct FineTuningTests {
    /// Eight prompts with two outputs each.
    private let groups: [PackedGroup] = {
        var random = TestRandom(seed: 5)
        func tokens(_ count: Int) -> [Int32] {
            (0..<count).map { _ in Int32.random(in: 0..<256, using: &random) }
        }
        return (0..<8).compactMap { index in
            try? PackedGroup(prompt: tokens(5 + index), continuations: [tokens(4), tokens(2 + index)])
        }
    }()

    private func configuration(_ change: (inout ActivateConfiguration) -> Void = { _ in })
        -> ActivateConfiguration
    {
        var configuration = ActivateConfiguration()
        configuration.batchSize = 2
        configuration.epochs = 3
        configuration.learningRate = 1e-2
        configuration.validationSamples = 2
        configuration.checkpointInterval = 1
        change(&configuration)
        return configuration
    }

    /// Trains a fresh tiny model, stopping after each of `stops` and starting again.
    private func train(
        _ configuration: ActivateConfiguration, in folder: URL, stops: [Int] = []
    ) throws -> [FineTuningMetrics] {
        let source = folder.appending(path: "model")
        try TinyModelFolder.write(to: source, seed: 1)
        let output = folder.appending(path: "checkpoint")
        try FileManager.default.createDirectory(at: output, withIntermediateDirectories: true)
        for stop in stops.map(Optional.some) + [nil] {
            try FineTuning(LanguageModel(folder: source), configuration: configuration, seed: 11)
                .train(groups, into: TunedModel(folder: output), progress: RunProgress(), lastStep: stop)
        }
        return try JSONLines.read(FineTuningMetrics.self, from: output.appending(path: "metrics.jsonl"))
    }

    private func files(_ folder: URL) throws -> [String: Data] {
        let output = folder.appending(path: "checkpoint")
        let names = try FileManager.default.contentsOfDirectory(atPath: output.path)
        return try Dictionary(
            uniqueKeysWithValues: names.map { ($0, try Data(contentsOf: output.appending(path: $0))) })
    }

    @Test(
        "training that was stopped and resumed leaves the bytes of uninterrupted training",
        arguments: [0, 2])
    func resumedTrainingHasTheSameBytes(rank: Int) throws {
        let configuration = configuration { $0.adapters.rank = rank }
        let (whole, parts) = try withTemporaryFolder { folder in
            let (first, second) = (folder.appending(path: "whole"), folder.appending(path: "parts"))
            _ = try train(configuration, in: first)
            _ = try train(configuration, in: second, stops: [2, 3, 7])
            return (try files(first), try files(second))
        }
        #expect(whole.keys.sorted() == parts.keys.sorted())
        #expect(whole.keys.contains("model.safetensors") && whole.keys.contains("metrics.jsonl"))
        for (name, bytes) in whole { #expect(parts[name] == bytes, "\(name)") }
    }

    @Test("accumulating eight batches of one matches one batch of eight") func accumulationMatchesOneBatch()
        throws
    {
        let runs = try [1, 100_000].map { tokens in
            try withTemporaryFolder { folder in
                try train(
                    configuration {
                        $0.microBatchTokens = tokens
                        $0.batchSize = 8
                        $0.validationSamples = 0
                    }, in: folder)
            }
        }
        #expect(runs[0].count == 3)
        for (one, other) in zip(runs[0], runs[1]) {
            // float32 sums of gradients in another order, through up to three steps of AdamW.
            #expect(abs(one.loss - other.loss) < 1e-5 * abs(other.loss), "step \(one.step)")
            #expect(
                abs(one.gradientNorm - other.gradientNorm) < 1e-4 * other.gradientNorm, "step \(one.step)")
        }
    }

    @Test("recomputing activations changes no byte of the metrics")
    func recomputationKeepsTheMetrics()
        throws
    {
        let runs = try [false, true].map { recomputes in
            try withTemporaryFolder {
                try train(configuration { $0.recomputesActivations = recomputes }, in: $0)
            }
        }
        #expect(runs[0] == runs[1])
    }

    @Test("the loss falls, with all weights and with adapters", arguments: [0, 4])
    func lossFalls(rank: Int) throws {
        let metrics = try withTemporaryFolder { folder in
            try train(
                configuration {
                    $0.adapters.rank = rank
                    $0.epochs = 10
                }, in: folder)
        }
        let (first, last) = (metrics.prefix(3).map(\.lossPerToken), metrics.suffix(3).map(\.lossPerToken))
        #expect(last.reduce(0, +) < 0.8 * first.reduce(0, +), "\(first) to \(last)")
    }

    @Test("an adapter for a projection that no layer has is refused by name")
    func unknownAdapterTargetIsRefused() throws {
        let error = try #require(throws: LanguageModelError.self) {
            try withTemporaryFolder { folder in
                try train(
                    configuration {
                        $0.adapters.rank = 2
                        $0.adapters.targets = ["q_prj"]
                    }, in: folder)
            }
        }
        #expect("\(error)".contains("'q_prj' is no map of a layer"))
    }
}
