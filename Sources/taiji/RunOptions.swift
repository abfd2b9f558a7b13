import ArgumentParser
import CommandOptions
import Foundation
import LanguageModels
import Pipeline
import Torch
import TorchNN
import VectorSearch
import Workflow

/// Flags that every stage has.
struct RunOptions: ParsableArguments {
    @Option(help: "A YAML configuration; without it, every setting has its default.")
    var config: String?

    @Option(help: "The run's folder; the same command again resumes or does nothing.")
    var run: String

    @Option(
        name: .customLong("set"),
        help: "A setting that overrides the file, such as seed=8 or activate.epochs=2.")
    var settings: [String] = []

    @Flag(help: "Wait for another command that works in the run's folder, instead of saying which one it is.")
    var wait = false

    /// The run with its configuration, checked, and with libtorch and FAISS prepared for it.
    ///
    /// - Parameters:
    ///   - group: of the processes of a command, the first shows progress.
    ///   - searches: whether the command needs FAISS.
    ///   - locks: whether no other command may work in the folder meanwhile.
    func prepare(_ group: ProcessGroup = .alone, searches: Bool = false, locks: Bool = true) throws -> Run {
        if searches { try VectorSearchRuntime.requireBuilt() }
        let configuration = try ConfigurationReader.read(config.map { URL(filePath: $0) }, settings: settings)
        try TorchRuntime.setThreadCount(configuration.threads)
        TorchRuntime.keepFreedMemory()
        if group.size > 1 {
            guard configuration.device != .mps else {
                throw ValidationError(
                    "device is mps: several processes train on processors or NVIDIA GPUs; leave out mpirun")
            }
            if configuration.device == .cuda { try GPU.takeOne(group.placeOnMachine) }
        }
        try configuration.device.use()
        try VectorSearchRuntime.setThreadCount(configuration.threads)
        try Preflight.check(configuration)
        let directory = try RunDirectory(URL(filePath: run))
        let progress = RunProgress(isSilent: !group.isFirst)
        // The first of several processes keeps the run's books.
        let lock =
            try group.isFirst && locks
            ? RunLock(directory, waits: wait) { holder in
                progress.note("waiting for \(holder?.description ?? "another command")")
            } : nil
        if group.isFirst, locks { try directory.save(configuration) }
        return Run(directory, configuration, progress: progress, lock: lock)
    }
}
