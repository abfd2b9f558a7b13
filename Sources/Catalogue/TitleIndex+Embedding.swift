public import LanguageModels
public import Pipeline

extension TitleIndex {
    /// Embeds the titles of a catalogue.
    public init(_ catalogue: [CatalogueEntry], by encoder: SentenceEncoder, progress: RunProgress) throws {
        progress.begin("catalogue embeddings", total: catalogue.count)
        let values = try encoder.embed(catalogue.map(\.title)) { progress.update($0) }
        progress.end("\(catalogue.count) titles")
        try self.init(values: values, width: encoder.width)
    }
}
