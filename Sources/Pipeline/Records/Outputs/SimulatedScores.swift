public import Foundation

/// The offline simulation environment of §2.3.2: scores of the reward ranker.
public struct SimulatedScores: StepOutput {
    /// The folder.
    public let folder: URL

    /// The scores in a step's folder.
    public init(folder: URL) { self.folder = folder }

    /// Ids of the samples, in the order of the rows.
    public var samples: JSONFile<[String]> { .init(folder, "samples.json") }
    /// Safetensors: `scores` `[samples, entries]`.
    public var tensors: URL { folder.appending(path: "simulation.safetensors") }
}
