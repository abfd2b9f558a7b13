import Evaluation
import Foundation
import LanguageModels
import Pipeline
import TestSupport
import Testing
import Torch
import TorchNN

@testable import Collaboration

@Suite("The loop of policy optimization") struct PolicyOptimizationTests {
    private struct Failure: Error, CustomStringConvertible {
        var description: String { "the ranker is away" }
    }

    private static let prompts = (0..<5).map { index in
        PolicyPrompt(
            sample: PromptSample(
                id: "p\(index)", user: Int32(index), role: .collaborate, time: 0, history: [], target: 0,
                prompt: "buy \(index)", revealedPrompt: ""), target: "t")
    }

    /// Rewards that depend on the text and its length alone.
    static func reward(_ texts: [[String]], _ tokens: [[Int]], _ prompts: [PolicyPrompt])
        -> [[RewardedAnswer]]
    {
        zip(texts, tokens).map { group, lengths in
            zip(group, lengths).map { text, length in
                RewardedAnswer(
                    answer: AnswerParser.parse(text), outcome: .missing, grounding: nil,
                    rewards: [
                        .semantic: Double(text.utf8.reduce(0) { ($0 &* 31 &+ UInt32($1)) % 101 }) / 100,
                        .collaborative: Double(length), .length: Double(text.count % 3),
                    ])
            }
        }
    }

    private static func configuration(_ change: (inout CollaborateConfiguration) -> Void = { _ in })
        -> CollaborateConfiguration
    {
        TinyPolicy.configuration {
            $0.steps = 4
            $0.promptsPerStep = 2
            $0.maximumTokens = 5
            $0.checkpointInterval = 1
            $0.weighting.method = .popo
            change(&$0)
        }
    }

    private func run(
        _ configuration: CollaborateConfiguration, into folder: URL, lastStep: Int? = nil,
        scale: [String: [Double]] = ["p0": [0, 1]], held: Int = 0,
        reward: @escaping POPOLoop.Reward = PolicyOptimizationTests.reward,
        validate: POPOLoop.Validate? = nil
    ) throws {
        let policy = try TinyPolicy.model()
        var reference: Decoder? = try TinyPolicy.model().decoder
        if let adapters = try LowRankConfiguration(configuration.adapters) {
            try policy.decoder.addAdapters(adapters, seed: 1)
            reference = try policy.decoder.withoutAdapters()
        }
        try POPOLoop(
            policy: policy, reference: reference, configuration: configuration, seed: 7, reward: reward,
            validate: validate
        ).run(
            Array(Self.prompts.dropLast(held)), held: Array(Self.prompts.suffix(held)), scale: scale,
            into: AlignedModel(folder: folder), progress: RunProgress(), lastStep: lastStep)
    }

    /// Every file of a folder except the step timings.
    private func files(_ folder: URL) throws -> [String: Data] {
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        return Dictionary(
            uniqueKeysWithValues: try names.filter { $0 != RunDirectory.timingsFile }.map {
                ($0, try Data(contentsOf: folder.appending(path: $0)))
            })
    }

    /// A change of the configuration, under the name that a failure shows.
    struct Variant: Sendable, CustomTestStringConvertible {
        let name: String
        let change: @Sendable (inout CollaborateConfiguration) -> Void
        var testDescription: String { name }
    }

    private static let variants = [
        Variant(name: "popo") { $0.weighting.smoothing = 0.5 },
        Variant(name: "popo-light") { $0.weighting.method = .popoLight },
        Variant(name: "scheduled") {
            $0.weighting.method = .scheduled
            $0.weighting.finalWeights = [0.9, 0.1]
        },
        Variant(name: "adapters, epochs, resampling") {
            $0.adapters.rank = 2
            $0.updateEpochs = 2
            $0.resampleRounds = 2
            $0.mixing = .advantages
        },
        Variant(name: "rollouts of 8-bit weights") {
            $0.rolloutWeights = .int8
            $0.temperature = 0.8
            $0.resampleRounds = 1
        },
        Variant(name: "no reference") {
            $0.klCoefficient = 0
            $0.masksTruncated = true
            $0.loss = .dapo
        },
        Variant(name: "validation") {
            $0.validation.samples = 1
            $0.validation.interval = 2
            $0.validation.keepsBest = true
        },
    ]

    @Test(
        "killed after any step and resumed, every file has the bytes of an uninterrupted run",
        arguments: variants)
    func killedAndResumed(variant: Variant) throws {
        let configuration = Self.configuration(variant.change)
        let held = configuration.validation.samples
        let validate: POPOLoop.Validate = { answers in
            [.titleHitRate100: Double(answers[0].utf8.reduce(0) { ($0 &* 31 &+ UInt32($1)) % 101 })]
        }
        try withTemporaryFolder { folder in
            let whole = folder.appending(path: "whole")
            try FileManager.default.createDirectory(at: whole, withIntermediateDirectories: false)
            try run(configuration, into: whole, held: held, validate: held > 0 ? validate : nil)
            let expected = try files(whole)
            #expect(
                expected.keys.contains("model.safetensors") && expected.keys.contains("reward-scale.json"))
            // Saved after every step, and after every second one, so that a killed run has steps to do again.
            for (killed, interval) in [(1, 1), (2, 1), (3, 1), (1, 2), (3, 2)] {
                var configuration = configuration
                configuration.checkpointInterval = interval
                let parts = folder.appending(path: "killed-\(killed)-\(interval)")
                try FileManager.default.createDirectory(at: parts, withIntermediateDirectories: false)
                try run(
                    configuration, into: parts, lastStep: killed, held: held,
                    validate: held > 0 ? validate : nil)
                #expect(
                    !FileManager.default.fileExists(atPath: parts.appending(path: "model.safetensors").path))
                try run(configuration, into: parts, held: held, validate: held > 0 ? validate : nil)
                let found = try files(parts)
                #expect(found.keys.sorted() == expected.keys.sorted())
                for (name, bytes) in expected {
                    #expect(
                        found[name] == bytes,
                        "\(variant.name), killed after \(killed): \(name)")
                }
            }
        }
    }

    @Test("the metrics of every step match its rollouts") func metricsMatchTheRollouts()
        throws
    {
        try withTemporaryFolder { folder in
            try run(Self.configuration { $0.klEstimator = .k3 }, into: folder)
            let metrics = try JSONLines.read(
                PolicyMetrics.self, from: folder.appending(path: "metrics.jsonl"))
            let rollouts = try JSONLines.read(
                RolloutRecord.self, from: folder.appending(path: "rollouts.jsonl"))
            let timings = try JSONLines.read(
                PolicyTimings.self, from: folder.appending(path: RunDirectory.timingsFile))
            #expect(metrics.map(\.step) == [1, 2, 3, 4] && timings.map(\.step) == [1, 2, 3, 4])
            #expect(rollouts.count == 4 * 2 * 4)
            #expect(metrics[0].kl == 0 && metrics[1].kl > 0)
            for step in metrics {
                let own = rollouts.filter { $0.step == step.step }
                let mean = { (source: RewardSource) in
                    own.reduce(0) { $0 + ($1.rewards[source] ?? 0) } / Double(own.count)
                }
                #expect(difference(try #require(step.meanReward[.semantic]), mean(.semantic)) < 1e-12)
                #expect(difference(step.weights.values.reduce(0, +), 1) < 1e-12)
                #expect(step.entropy > 0 && step.entropy < log(72))
                #expect(step.truncatedShare == Double(own.count(where: \.isTruncated)) / Double(own.count))
                #expect(step.meanTokens == Double(own.reduce(0) { $0 + $1.tokens }) / Double(own.count))
                #expect(step.outcomes == ["missing": 8])
                #expect(step.gradientNorm > 0 && step.mixtureNorm > 0)
                #expect(abs(try #require(step.gradientCosines["semantic collaborative"])) <= 1 + 1e-9)
                #expect(step.alignment.count == 2 && step.gradientNorms.count == 2)
            }
            #expect(
                Set(timings[0].seconds.keys) == [
                    "rollouts", "rewards", "reference", "gradients", "optimizer",
                ])
            // Every group's advantages are centred.
            for start in stride(from: 0, to: rollouts.count, by: 4) {
                #expect(abs(rollouts[start..<start + 4].reduce(0) { $0 + $1.advantage }) < 1e-9)
            }
        }
    }

    @Test("groups without signal are replaced by the next prompts, as often as configured")
    func groupsWithoutSignalAreReplaced() throws {
        // The first two prompts that are drawn earn nothing.
        let counter = Counter()
        let reward: POPOLoop.Reward = { texts, tokens, prompts in
            counter.calls.append(prompts.map(\.sample.id))
            let answers = Self.reward(texts, tokens, prompts)
            guard counter.calls.count == 1 else { return answers }
            return answers.map { group in
                group.map { answer in
                    var flat = answer
                    flat.rewards = flat.rewards.mapValues { _ in 0.5 }
                    return flat
                }
            }
        }
        try withTemporaryFolder { folder in
            try run(
                Self.configuration {
                    $0.steps = 1
                    $0.resampleRounds = 3
                }, into: folder, reward: reward)
            let metrics = try JSONLines.read(
                PolicyMetrics.self, from: folder.appending(path: "metrics.jsonl"))
            #expect(metrics[0].resampledGroups >= 2 && metrics[0].mixtureWithoutSignal == 0)
            #expect(counter.calls.count >= 2 && counter.calls[1].count == 2)
            #expect(Set(counter.calls[0]).isDisjoint(with: counter.calls[1]), "the next prompts of the pass")
        }
    }

    @Test(
        "a failed or infinite reward and a full disk are reported with their step; the checkpoint is whole")
    func failureLeavesCheckpointWhole() throws {
        for failure in ["throws", "nan", "disk"] {
            try withTemporaryFolder { folder in
                let counter = Counter()
                let reward: POPOLoop.Reward = { texts, tokens, prompts in
                    counter.calls.append([])
                    var answers = Self.reward(texts, tokens, prompts)
                    guard counter.calls.count == 3 else { return answers }
                    switch failure {
                    case "throws": throw Failure()
                    case "nan": answers[0][0].rewards[.semantic] = .infinity
                    default:
                        let file = folder.appending(path: "rollouts.jsonl")
                        try FileManager.default.moveItem(at: file, to: folder.appending(path: "kept.jsonl"))
                        try FileManager.default.createSymbolicLink(
                            at: file, withDestinationURL: URL(filePath: "/dev/full"))
                    }
                    return answers
                }
                let configuration = Self.configuration()
                let error = try #require(throws: CollaborationError.self) {
                    try run(configuration, into: folder, reward: reward)
                }
                #expect("\(error)".contains("failed at step 3"), "\(error)")
                #expect("\(error)".contains("the checkpoint after step 2 is whole"), "\(error)")
                let reason = ["throws": "the ranker is away", "nan": "is inf", "disk": "is the disk full?"]
                #expect("\(error)".contains(try #require(reason[failure])), "\(error)")
                if failure == "disk" {
                    let file = folder.appending(path: "rollouts.jsonl")
                    try FileManager.default.removeItem(at: file)
                    try FileManager.default.moveItem(at: folder.appending(path: "kept.jsonl"), to: file)
                }
                try run(configuration, into: folder)
                try withTemporaryFolder { other in
                    try run(configuration, into: other)
                    var (resumed, whole) = (try files(folder), try files(other))
                    resumed["kept.jsonl"] = nil
                    whole["kept.jsonl"] = nil
                    #expect(resumed == whole, "\(failure)")
                }
            }
        }
    }

    @Test("a reward scale other than the checkpoint's is refused") func otherRewardScaleIsRefused() throws {
        try withTemporaryFolder { folder in
            try run(Self.configuration(), into: folder, lastStep: 2)
            let error = try #require(throws: CollaborationError.self) {
                try run(Self.configuration(), into: folder, scale: ["p0": [0, 2]])
            }
            #expect(error == .rewardScale(sample: "p0"))
        }
    }

    @Test("training stops when validation stops improving, and keeps the best weights")
    func validationStopsTraining() throws {
        let values = [0.1, 0.5, 0.4, 0.3, 0.9]
        let counter = Counter()
        let validate: POPOLoop.Validate = { answers in
            #expect(answers.count == 2)
            counter.calls.append([])
            return [.titleHitRate100: values[counter.calls.count - 1]]
        }
        try withTemporaryFolder { folder in
            let configuration = Self.configuration {
                $0.validation.samples = 2
                $0.validation.interval = 1
                $0.validation.patience = 2
                $0.validation.keepsBest = true
            }
            try run(configuration, into: folder, held: 2, validate: validate)
            #expect(counter.calls.count == 4, "before step 1, 2, 3 and 4")
            let records = try JSONLines.read(
                PolicyValidationRecord.self, from: folder.appending(path: "validation.jsonl"))
            #expect(records.map { $0.metrics[.titleHitRate100] } == [0.1, 0.5, 0.4, 0.3])
            #expect(
                try JSONLines.read(PolicyMetrics.self, from: folder.appending(path: "metrics.jsonl")).count
                    == 3)
            // The best validation was after one step: those are the weights.
            try withTemporaryFolder { other in
                try run(
                    Self.configuration {
                        $0.validation = configuration.validation
                        $0.validation.keepsBest = false
                        $0.validation.patience = 1
                    }, into: other, held: 2,
                    validate: { _ in
                        counter.calls.append([])
                        return [.titleHitRate100: counter.calls.count == 5 ? 1 : 0]
                    })
                let names = { (folder: URL) in folder.appending(path: "model.safetensors") }
                #expect(try Data(contentsOf: names(folder)) == Data(contentsOf: names(other)))
            }
        }
    }

    /// Records the arguments of a closure's calls.
    private final class Counter { var calls: [[String]] = [] }
}
