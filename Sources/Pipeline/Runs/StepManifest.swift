/// What a finished step was made from and what it made; its presence means that the step is done.
public struct StepManifest: Codable, Sendable, Equatable {
    /// Path of the step.
    public var step: String
    /// What it was made from.
    public var origin: StepOrigin
    /// SHA-256 of every file that the step made, by path in its folder.
    public var outputs: [String: String]
}

/// What a step is made from: all of it equal means that the step would give the same files again.
public struct StepOrigin: Codable, Sendable, Equatable {
    /// Digest of each step that it reads, by the step's path.
    public var steps: [String: String]
    /// Digest of files from outside of the run.
    public var files: [String: String]
    /// Every setting it depends on, by path, as JSON.
    public var settings: [String: String]

    /// An origin.
    public init(
        steps: [String: String] = [:], files: [String: String] = [:], settings: [String: String] = [:]
    ) {
        (self.steps, self.files, self.settings) = (steps, files, settings)
    }

    /// The first thing in which `now` differs, for an error; nil where the two are the same.
    ///
    /// A setting that an earlier version did not have counts as having had its default, so that a new setting
    /// does not undo old runs.
    ///
    /// - Parameter defaults: the default of every setting, by path, as JSON.
    public func difference(to now: StepOrigin, defaults: [String: String]) -> String? {
        for key in Set(settings.keys).union(now.settings.keys).sorted() {
            let (old, new) = (settings[key] ?? defaults[key], now.settings[key])
            if old != new {
                return "setting \(key) (\(old ?? "none") then, \(new ?? "none") now)"
            }
        }
        for key in Set(files.keys).union(now.files.keys).sorted() where files[key] != now.files[key] {
            return OutsideFiles(rawValue: key) == nil ? key : "set of files, the \(key)"
        }
        for key in Set(steps.keys).union(now.steps.keys).sorted() where steps[key] != now.steps[key] {
            return "version of the step '\(key)'"
        }
        return nil
    }
}
