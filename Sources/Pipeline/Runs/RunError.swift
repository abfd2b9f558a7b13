/// What a run directory or one of its files got wrong.
public enum RunError: Error, Sendable, Equatable, CustomStringConvertible {
    /// A finished step was made from something else than it would be made from now.
    case stale(step: String, difference: String)
    /// A step that must come first has not been done.
    case missingStep(step: String, command: String)
    /// A file of the run cannot be read or written.
    case file(path: String, message: String)
    /// A record of the run does not fit the others.
    case record(id: String, message: String)
    /// Another command works in the run's folder.
    case locked(path: String, holder: String)
    /// Training went wrong at a step.
    case diverged(loop: String, step: Int, value: String)

    /// The message for a user: what happened, what was expected, what to do.
    public var description: String {
        switch self {
        case .stale(let step, let difference):
            "the run's step '\(step)' was made with another \(difference); use another --run folder, or "
                + "remove "
                + "the folder '\(step)' and those after it to compute them again"
        case .missingStep(let step, let command):
            "the run has no finished step '\(step)'; run `taiji \(command)` with the same --run first"
        case .file(let path, let message): "\(path): \(message)"
        case .record(let id, let message): "'\(id)' \(message)"
        case .locked(let path, let holder):
            "\(path): \(holder) works in this run; wait for it (--wait does), or use another --run folder"
        case .diverged(let loop, let step, let value):
            "\(loop) diverged at step \(step): the loss is \(value); lower the learning rate"
        }
    }
}
