public import LanguageModels
import ModelFiles
public import Pipeline
import Torch

extension TitleIndex {
    private static let tensor = "titles"

    /// Embeds the titles of a catalogue.
    public init(_ catalogue: [CatalogueEntry], by encoder: SentenceEncoder, progress: RunProgress) throws {
        progress.begin("catalogue embeddings", total: catalogue.count)
        let values = try encoder.embed(catalogue.map(\.title)) { progress.update($0) }
        progress.end("\(catalogue.count) titles")
        try self.init(values: values, width: encoder.width)
    }

    /// Reads what `write` wrote.
    public init(_ saved: TitleVectors) throws {
        let vectors = try SafetensorsFile(saved.vectors).tensor(Self.tensor)
        try self.init(values: vectors.elements(), width: vectors.shape2.1)
    }

    /// Writes the vectors.
    public func write(to output: TitleVectors) throws {
        try SafetensorsFile.write(
            [(name: Self.tensor, tensor: Tensor.from(values, shape: [count, width]))], to: output.vectors)
    }
}
