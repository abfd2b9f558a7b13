public import Foundation
public import Pipeline

extension ProcessGroup {
    /// Does a step of a run with every process, unless it is done: the first one keeps the run's books, and all of them work in
    /// the folder of the unfinished step.
    ///
    /// - Parameters:
    ///   - inputs: as in `RunDirectory.perform`; the first process asks for them.
    ///   - body: what every process does, in the same folder.
    public func perform(
        _ step: String, in run: RunDirectory, inputs: @autoclosure () throws -> [String: String],
        body: (_ folder: URL) throws -> Void
    ) throws {
        if isFirst {
            let isDone = try !run.perform(step, inputs: inputs()) { folder in
                _ = try sum([1])
                try body(folder)
            }
            if isDone { _ = try sum([0]) }
        } else if try sum([0], patience: .infinity)[0] == 1 {
            try body(run.workFolder(step))
        }
    }

    /// Does a step of a run with the first process alone, while the others wait, however long it takes.
    public func performAlone(
        _ step: String, in run: RunDirectory, inputs: @autoclosure () throws -> [String: String],
        body: (_ folder: URL) throws -> Void
    ) throws {
        if isFirst { try run.perform(step, inputs: inputs(), body: body) }
        try meet(patience: .infinity)
    }
}
