import Foundation
import ModelFiles
import Pipeline
import Torch
import TorchNN

/// Watches held-out prompts during training: when to measure, what was best, when to end.
struct PolicyWatch {
    /// What a checkpoint keeps.
    struct State: Codable, Sendable, Equatable {
        /// Lines of `validation.jsonl`.
        var measured = 0
        var stopping = EarlyStopping()
        /// The step that was measured last.
        var lastStep = -1
    }

    private(set) var state: State
    private let configuration: ValidationConfiguration
    private let folder: URL
    private let parameters: Parameters
    private let writes: Bool
    private var log: MetricsLog<PolicyValidationRecord>?
    private var last: Double?

    /// - Parameters:
    ///   - state: of the checkpoint that a loop resumes from.
    ///   - writes: whether this process writes files; every process measures the same.
    init(
        _ output: AlignedModel, _ configuration: ValidationConfiguration, state: State,
        parameters: Parameters,
        writes: Bool = true
    ) throws {
        self.state = state
        self.writes = writes
        self.configuration = configuration
        self.parameters = parameters
        folder = output.folder
        if configuration.samples > 0, writes {
            log = try MetricsLog(output.validation.url, keeping: state.measured)
        }
    }

    /// Whether to measure after `step` steps: before the first, every interval, and after the last.
    func isDue(after step: Int, isLast: Bool = false) -> Bool {
        configuration.samples > 0 && step != state.lastStep && (isLast || step % configuration.interval == 0)
    }

    /// Whether training ends because nothing got better.
    var isOver: Bool { state.stopping.isOver(patience: configuration.patience) }

    mutating func record(step: Int, _ metrics: [ValidationConfiguration.Metric: Double]) throws {
        try log?.append(PolicyValidationRecord(step: step, metrics: metrics))
        state.measured += 1
        state.lastStep = step
        let value = metrics[configuration.metric] ?? 0
        last = value
        if state.stopping.record(value, step: step), configuration.keepsBest, writes {
            try SafetensorsFile.write(parameters.named(), to: file(step))
        }
    }

    /// Puts the best weights back, where that was asked for.
    func restoreBest() throws {
        guard configuration.keepsBest, writes, state.stopping.best != nil else { return }
        try parameters.load(from: SafetensorsFile(file(state.stopping.bestStep)))
    }

    /// Removes weights that were the best once, but for those that the checkpoint on disk names.
    ///
    /// - Parameter isDone: the result is written; all go.
    func removeOlder(isDone: Bool = false) throws {
        guard configuration.keepsBest, writes else { return }
        let kept = isDone ? "" : file(state.stopping.bestStep).lastPathComponent
        for name in try FileManager.default.contentsOfDirectory(atPath: folder.path)
        where name.hasPrefix(Self.prefix) && name != kept {
            try FileManager.default.removeItem(at: folder.appending(path: name))
        }
    }

    private static let prefix = ".best-"

    /// Weights after a step. A checkpoint names the step, so a resumed run finds those that it counts on.
    private func file(_ step: Int) -> URL { folder.appending(path: "\(Self.prefix)\(step).safetensors") }

    /// The last and the best value, for the closing line.
    var line: String {
        guard let last, let best = state.stopping.best else { return "" }
        return String(
            format: "; held-out %@ %.4f, best %.4f after step %d", configuration.metric.rawValue, last, best,
            state.stopping.bestStep)
    }
}
