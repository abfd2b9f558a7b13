public import Foundation

/// A trained ranker on disk.
public struct RankerFolder: StepOutput {
    /// The folder: configuration, vocabulary and weights.
    public let folder: URL

    /// The ranker in a step's folder.
    public init(folder: URL) { self.folder = folder }
}
