import Foundation
import LanguageModels
import ModelFiles
import Pipeline
import TestSupport
import Testing
import Torch

@testable import Collaboration
@testable import TorchNN

/// Policy optimization in separate processes: `mpirun` starts this test program again, and each copy runs
/// `worker`.
@Suite(.serialized) struct ProcessGroupTests {
    /// Where a worker finds what to do; nil in the tests' own process.
    private static let workerFolder = ProcessInfo.processInfo.environment["TAIJI_TEST_WORKER"]
    private static let mpirun = ["/usr/bin/mpirun"].first { FileManager.default.isExecutableFile(atPath: $0) }

    private static func configuration(_ variant: String) -> CollaborateConfiguration {
        TinyPolicy.configuration {
            $0.steps = 4
            $0.promptsPerStep = 4
            $0.maximumTokens = 5
            $0.checkpointInterval = 1
            $0.weighting.method = variant == "popo" ? .popo : .popoLight
            $0.mixing = variant == "popo" ? .advantages : .rewards
            $0.loss = variant == "popo" ? .grpo : .dapo
            $0.resampleRounds = 1
            if variant == "validation" {
                $0.validation.samples = 1
                $0.validation.interval = 2
                $0.validation.keepsBest = true
            }
        }
    }

    /// One run of the loop, in however many processes there are.
    private static func optimize(
        _ variant: String, into folder: URL, _ group: ProcessGroup, dies: Bool = false
    ) throws {
        let settings = configuration(variant)
        let prompts = (0..<6).map { index in
            PolicyPrompt(
                sample: PromptSample(
                    id: "p\(index)", user: Int32(index), role: .collaborate, time: 0, history: [], target: 0,
                    prompt: "buy \(index)", revealedPrompt: ""), target: "t")
        }
        let held = settings.validation.samples
        var calls = 0
        try POPOLoop(
            policy: TinyPolicy.model(), reference: TinyPolicy.reference(), configuration: settings, seed: 7,
            group: group,
            reward: { texts, tokens, prompts in
                calls += 1
                // The second process is killed, as by the system, in its third step.
                if dies, group.rank == 1, calls == 3 { kill(getpid(), SIGKILL) }
                return PolicyOptimizationTests.reward(texts, tokens, prompts)
            },
            validate: held == 0 ? nil : { answers in [.titleHitRate100: Double(answers[0].utf8.count % 7)] }
        ).run(
            Array(prompts.dropLast(held)), held: Array(prompts.suffix(held)),
            into: AlignedModel(folder: folder),
            progress: RunProgress(isSilent: true))
    }

    @Test("(the work of one process)", .enabled(if: workerFolder != nil)) func worker() throws {
        let folder = try #require(Self.workerFolder)
        let job = try String(contentsOf: URL(filePath: folder).appending(path: "job"), encoding: .utf8)
            .split(separator: " ")
        try TorchRuntime.setThreadCount(1)
        let group = try ProcessGroup.joined()
        #expect(group.size == Int(job[1]))
        try Self.optimize(
            String(job[0]), into: URL(filePath: folder), group, dies: job.count > 2 && job[2] == "dies")
        try group.leave()
    }

    /// Runs the loop in processes; gives mpirun's status and what it wrote.
    private func launch(
        _ variant: String, processes: Int, dies: Bool = false, kernels: String? = nil, nccl: String = "off",
        into folder: URL
    ) throws -> (status: Int32, output: String, seconds: Double) {
        let job = "\(variant) \(processes)" + (dies ? " dies" : "")
        try Data(job.utf8).write(to: folder.appending(path: "job"))
        let process = Process()
        process.executableURL = URL(filePath: try #require(Self.mpirun))
        process.arguments =
            [
                "-n", "\(processes)", "--oversubscribe", "--allow-run-as-root", "--bind-to", "none", "--mca",
                "btl",
                "self,vader,tcp",
            ] + CommandLine.arguments.prefix(1) + [
                "--testing-library", "swift-testing", "--filter", "worker",
            ]
        var environment = ProcessInfo.processInfo.environment
        environment["TAIJI_TEST_WORKER"] = folder.path
        environment["OMP_NUM_THREADS"] = "1"
        environment["TAIJI_KERNELS"] = kernels
        environment["TAIJI_NCCL"] = nccl
        process.environment = environment
        let pipe = Pipe()
        (process.standardOutput, process.standardError) = (pipe, pipe)
        let start = Date()
        try process.run()
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (
            process.terminationStatus, String(decoding: output, as: UTF8.self),
            Date().timeIntervalSince(start)
        )
    }

    private func weights(_ folder: URL) throws -> [[Double]] {
        let file = try SafetensorsFile(folder.appending(path: "model.safetensors"))
        return try file.entries.keys.sorted().map {
            try file.tensor($0).to(.float32).elements(Float.self).map(Double.init)
        }
    }

    private func inFolder<Result>(_ parent: URL, _ name: String, _ body: (URL) throws -> Result) throws
        -> Result
    {
        let folder = parent.appending(path: name)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
        return try body(folder)
    }

    @Test(
        "two processes end with the weights of one given the whole batch; another number can resume",
        .enabled(if: workerFolder == nil && mpirun != nil && ProcessGroup.isBuilt),
        arguments: ["popo", "popo-light", "validation"])
    func twoProcessesMatchOne(variant: String) throws {
        try withTemporaryFolder { parent in
            var alone: [PolicyMetrics] = []
            let one = try inFolder(parent, "one") { folder in
                try Self.optimize(variant, into: folder, .alone)
                alone = try JSONLines.read(
                    PolicyMetrics.self, from: folder.appending(path: "metrics.jsonl"))
                return try weights(folder)
            }
            let two = try inFolder(parent, "two") { folder in
                let done = try launch(variant, processes: 2, into: folder)
                try #require(done.status == 0, "\(done.output)")
                let metrics = try JSONLines.read(
                    PolicyMetrics.self, from: folder.appending(path: "metrics.jsonl"))
                #expect(metrics.map(\.step) == [1, 2, 3, 4])
                for (mine, theirs) in zip(metrics, alone) {
                    let numbers = { (step: PolicyMetrics) in
                        [
                            step.loss, step.kl, step.entropy, step.gradientNorm, step.mixtureNorm,
                            step.meanTokens,
                            step.clippedLowShare, step.clippedHighShare, step.truncatedShare,
                        ]
                    }
                    #expect(difference(numbers(mine), numbers(theirs)) < 1e-3, "step \(mine.step)")
                    #expect(
                        mine.resampledGroups == theirs.resampledGroups && mine.outcomes == theirs.outcomes)
                }
                let rollouts = try JSONLines.read(
                    RolloutRecord.self, from: folder.appending(path: "rollouts.jsonl"))
                #expect(rollouts.count == 4 * 4 * 4)
                return try weights(folder)
            }
            // AdamW makes a step of a gradient's sign where it is near 0: the weights' own size is what
            // counts.
            #expect(TinyPolicy.distance(one, two) < 1e-3)
            guard variant == "popo" else { return }
            // The second of two dies; the others end soon, and one process goes on from the checkpoint.
            let resumed = try inFolder(parent, "dies") { folder in
                let killed = try launch(variant, processes: 2, dies: true, into: folder)
                #expect(killed.status != 0)
                #expect(killed.seconds < 60, "seconds until every process was gone")
                #expect(
                    killed.output.contains("signal 9"),
                    "mpirun names the process: \(killed.output.suffix(2000))")
                #expect(
                    FileManager.default.fileExists(
                        atPath: folder.appending(path: "checkpoint-2/optimizer-1.safetensors").path))
                try Self.optimize(variant, into: folder, .alone)
                return try weights(folder)
            }
            #expect(TinyPolicy.distance(one, resumed) < 1e-3)
            let again = try inFolder(parent, "more") { folder in
                _ = try launch(variant, processes: 2, dies: true, into: folder)
                let done = try launch(variant, processes: 3, into: folder)
                try #require(done.status == 0, "\(done.output)")
                return try weights(folder)
            }
            #expect(TinyPolicy.distance(one, again) < 1e-3)
        }
    }

    @Test(
        "two processes that compute and add up as GPUs do end with the weights of one",
        .enabled(if: workerFolder == nil && mpirun != nil && ProcessGroup.isBuilt))
    func twoProcessesAsGPUs() throws {
        try withTemporaryFolder { parent in
            let one = try inFolder(parent, "one") { folder in
                try Device.composing { try Self.optimize("popo-light", into: folder, .alone) }
                return try weights(folder)
            }
            let two = try inFolder(parent, "two") { folder in
                let done = try launch("popo-light", processes: 2, kernels: "compositions", into: folder)
                try #require(done.status == 0, "\(done.output)")
                return try weights(folder)
            }
            #expect(TinyPolicy.distance(one, two) < 1e-3)
            // The same sums by way of NCCL's calls, of which a library in its place makes files.
            let library = try StandInNCCL.compile(in: parent)
            let exchanged = try inFolder(parent, "nccl") { folder in
                let done = try launch(
                    "popo-light", processes: 2, kernels: "compositions", nccl: library.path, into: folder)
                try #require(done.status == 0, "\(done.output)")
                #expect(
                    try StandInNCCL.callCount(in: folder) > 4 * 2 * 10, "calls of four steps, two processes")
                return try weights(folder)
            }
            #expect(exchanged == two, "two numbers have one sum, whoever adds them")
        }
    }

    @Test("the place on a machine is the launcher's, and names a GPU") func placeOnMachine() throws {
        #expect(ProcessGroup.alone.placeOnMachine == 0 || Self.workerFolder != nil)
        let variable = "CUDA_VISIBLE_DEVICES"
        let before = ProcessInfo.processInfo.environment[variable]
        defer { before.map { _ = setenv(variable, $0, 1) } ?? { _ = unsetenv(variable) }() }
        setenv(variable, "4,6", 1)
        #expect(throws: TorchError.self) { try GPU.takeOne(2) }
        try GPU.takeOne(1)
        #expect(ProcessInfo.processInfo.environment[variable] == "6")
        unsetenv(variable)
        try GPU.takeOne(3)
        #expect(ProcessInfo.processInfo.environment[variable] == "3")
    }

    @Test("parameters are sharded whole and evenly") func parametersAreShardedEvenly() throws {
        #expect(ParameterShards.owners(of: [3, 9, 4, 2], size: 1) == [0, 0, 0, 0])
        #expect(ParameterShards.owners(of: [3, 9, 4, 2], size: 2) == [1, 0, 1, 1])
        #expect(ParameterShards.owners(of: [5, 5, 5], size: 3) == [0, 1, 2])
        let counts = try TinyPolicy.model().decoder.parameters.tensors.map(\.count)
        let owners = ParameterShards.owners(of: counts, size: 3)
        let loads = (0..<3).map { owner in zip(counts, owners).reduce(0) { $0 + ($1.1 == owner ? $1.0 : 0) } }
        #expect(loads.reduce(0, +) == counts.reduce(0, +))
        #expect(try #require(loads.max()) - #require(loads.min()) <= #require(counts.max()))
    }

    @Test("a process by itself sums and gathers only its own values") func singleProcess() throws {
        let group = try ProcessGroup.joined()
        #expect(group === ProcessGroup.alone || Self.workerFolder != nil)
        #expect(try ProcessGroup.alone.sum([1, 2]) == [1, 2])
        #expect(try ProcessGroup.alone.gather(Data([3])) == [Data([3])])
        let tensor = try Tensor.full([2], 3)
        try ProcessGroup.alone.sum(tensor, at: 0)
        #expect(try tensor.elements(Float.self) == [3, 3])
    }
}
