public import LanguageModels

/// Unit-length embeddings of texts, each distinct text embedded once, so that equal texts have exactly equal
/// vectors.
public struct TextVectors: Sendable {
    private let vectors: [String: [Float]]

    /// Embeds some texts; empty ones have no vector.
    public init(_ texts: some Sequence<String>, by encoder: SentenceEncoder) throws {
        let distinct = Set(texts).filter { !$0.isEmpty }.sorted()
        let values = try encoder.embed(distinct)
        let width = encoder.width
        vectors = Dictionary(
            uniqueKeysWithValues: distinct.enumerated().map { place, text in
                (text, Array(values[place * width..<(place + 1) * width]))
            })
    }

    /// The vector of a text, `[D]`; nil for a text that was not embedded.
    public subscript(text: String) -> [Float]? { vectors[text] }
}
