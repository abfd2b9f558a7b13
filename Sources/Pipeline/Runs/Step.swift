public import Foundation

/// The files of a finished step, read and written through one type.
public protocol StepOutput: Sendable {
    /// The files in a step's folder, which may not be finished yet.
    init(folder: URL)
    /// The folder.
    var folder: URL { get }
}

/// A piece of a run's work, declared once in `Steps`: where its files lie, which type reads them, and what
/// they are made from.
///
/// Everything else follows from the declaration: fingerprints, the order of steps, which steps an
/// experiment's arm adopts from another run, the lineage in the report, and the error that says which command
/// comes first.
public struct Step<Output: StepOutput>: AnyStep {
    /// What the step is made from.
    public let declaration: StepDeclaration

    /// - Parameters:
    ///   - name: folder of the step within its stage.
    ///   - sources: steps whose files it reads.
    ///   - settings: paths of the settings it depends on; a section's path stands for all settings in it.
    ///   - excluded: paths below `settings` that it does not depend on.
    ///   - files: files from outside of the run that it reads.
    ///   - isNeeded: whether a run with some configuration has this step.
    public init(
        _ stage: Stage, _ name: String, from sources: [any AnyStep] = [], settings: [String],
        without excluded: [String] = [], reading files: [OutsideFiles] = [],
        isNeeded: @escaping @Sendable (TaijiConfiguration) -> Bool = { _ in true }
    ) {
        declaration = StepDeclaration(
            stage: stage, name: name, sources: sources.map(\.declaration), settings: settings,
            excluded: excluded, files: files, isNeeded: isNeeded)
    }

    /// Folder of the step within a run.
    public var path: String { declaration.path }
}

/// A step with any output.
public protocol AnyStep: Sendable {
    /// What the step is made from.
    var declaration: StepDeclaration { get }
}

/// What a step is made from, without the type of its output.
public struct StepDeclaration: Sendable {
    /// The stage that does it.
    public let stage: Stage
    /// Folder of the step within its stage.
    public let name: String
    /// Steps whose files it reads.
    public let sources: [StepDeclaration]
    /// Paths of the settings it depends on.
    public let settings: [String]
    /// Paths below `settings` that it does not depend on.
    public let excluded: [String]
    /// Files from outside of the run that it reads.
    public let files: [OutsideFiles]
    /// Whether a run with some configuration has this step.
    public let isNeeded: @Sendable (TaijiConfiguration) -> Bool

    /// Folder of the step within a run, which is its name everywhere.
    public var path: String { "\(stage.folder)/\(name)" }

    /// Steps in the order in which they can be done: a step stands after all of its sources, a stage after
    /// the stages before it.
    ///
    /// - Parameter goals: the steps that are wanted; their sources are found from them.
    public static func ordered(_ goals: [StepDeclaration]) -> [StepDeclaration] {
        var found: [StepDeclaration] = []
        func visit(_ step: StepDeclaration) {
            guard !found.contains(where: { $0.path == step.path }) else { return }
            step.sources.forEach(visit)
            found.append(step)
        }
        goals.forEach(visit)
        // No step reads a later stage's, so the stages can be told apart without breaking that order.
        return Stage.allCases.flatMap { stage in found.filter { $0.stage == stage } }
    }
}

/// Files from outside of a run that a step reads; their digests are part of what it is made from.
public enum OutsideFiles: String, Codable, Sendable, CaseIterable {
    /// The recommender's logs.
    case logs
    /// The language model that the run begins with.
    case model
    /// The sentence encoder.
    case embedder
}
