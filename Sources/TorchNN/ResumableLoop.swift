public import Foundation
public import Pipeline

/// A training loop that may be killed at any time: the same call goes on from the last checkpoint and ends in
/// the same bytes.
///
/// It restores and saves weights, optimizer and the loop's own state, keeps the logs as long as the restored
/// steps, shows progress, and lets the first process of a group write. What one step does is the caller's.
public struct ResumableLoop<State: Codable & Sendable> {
    /// How a loop runs.
    public struct Plan: Sendable {
        /// What is shown, and named in errors.
        public var title: String
        /// Steps of the whole loop.
        public var steps: Int
        /// Steps between checkpoints, at least 1.
        public var checkpointInterval: Int
        /// Leave after this step as if the program had been killed; nil runs to the end. For tests.
        public var lastStep: Int?

        /// Takes every value.
        public init(title: String, steps: Int, checkpointInterval: Int, lastStep: Int? = nil) {
            self.title = title
            self.steps = steps
            self.checkpointInterval = checkpointInterval
            self.lastStep = lastStep
        }
    }

    /// How a loop ended.
    public enum End: Sendable {
        /// All steps are done, or a step asked to stop early.
        case finished
        /// `Plan.lastStep` was reached.
        case interrupted
    }

    /// What a step tells the loop.
    public enum Verdict: Sendable {
        /// Go on; a few words for the progress.
        case next(String)
        /// Stop before this step, because nothing gets better.
        case stop
    }

    /// Steps that were done before this call.
    public let start: Int
    /// What the loop keeps besides weights and moments.
    public var state: State
    private let plan: Plan
    private let parameters: Parameters
    private let optimizer: AdamW
    private let group: ProcessGroup
    private let progress: RunProgress
    private let checkpoint: TrainingCheckpoint<State>

    /// Restores the last checkpoint, if there is one.
    ///
    /// - Parameters:
    ///   - folder: where checkpoints lie meanwhile; all processes of the group see it.
    ///   - initial: the state before the first step, called where nothing is restored.
    public init(
        _ plan: Plan, in folder: URL, parameters: Parameters, optimizer: AdamW, group: ProcessGroup,
        progress: RunProgress, initial: () throws -> State
    ) throws {
        (self.plan, self.parameters, self.optimizer) = (plan, parameters, optimizer)
        (self.group, self.progress) = (group, progress)
        checkpoint = TrainingCheckpoint(folder, group: group)
        progress.begin(plan.title, total: plan.steps)
        let restored = try checkpoint.restore(parameters: parameters, optimizer: optimizer)
        start = restored?.step ?? 0
        state = try restored?.state ?? initial()
    }

    /// A log with one record per step, as long as the restored steps; nil in all processes but the first.
    public func log<Record>(_ file: JSONLinesFile<Record>) throws -> MetricsLog<Record>? {
        try group.isFirst ? MetricsLog(file.url, keeping: start) : nil
    }

    /// Runs the steps that are left.
    ///
    /// - Parameters:
    ///   - failure: makes of a step's error what the loop throws, from the error, the step (from 1) and the
    ///     last saved step.
    ///   - didSave: called after each checkpoint.
    ///   - step: does one step, from 0.
    public mutating func run(
        failure: (_ error: any Error, _ step: Int, _ saved: Int) -> any Error = { error, _, _ in error },
        didSave: () throws -> Void = {}, step: (_ step: Int, _ state: inout State) throws -> Verdict
    ) throws -> End {
        try parameters.setTrainable(true)
        var saved = start
        for index in start..<max(start, plan.steps) {
            do {
                guard case .next(let detail) = try step(index, &state) else { break }
                let done = index + 1
                if done % plan.checkpointInterval == 0, done < plan.steps {
                    try checkpoint.save(
                        step: done, parameters: parameters, optimizer: optimizer, state: state)
                    saved = done
                    try didSave()
                }
                progress.update(done, detail: detail)
            } catch {
                throw failure(error, index + 1, saved)
            }
            if index + 1 == plan.lastStep { return .interrupted }
        }
        try parameters.setTrainable(false)
        return .finished
    }

    /// Leaves the result to the first process once all have arrived, and removes the checkpoints.
    ///
    /// - Parameter write: writes the result, in the first process alone.
    public func finish(_ write: () throws -> String) throws {
        try group.meet()
        guard group.isFirst else { return }
        let line = try write()
        try checkpoint.removeAll()
        progress.end(line)
    }
}
