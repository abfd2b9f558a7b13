public import Foundation

/// The catalogue's titles as vectors, embedded once for all that compares texts with titles.
public struct TitleVectors: StepOutput {
    /// The folder.
    public let folder: URL

    /// The vectors in a step's folder.
    public init(folder: URL) { self.folder = folder }

    /// Safetensors: `titles` `[entries, D]` of unit length, in the order of the catalogue.
    public var vectors: URL { folder.appending(path: "titles.safetensors") }
}
