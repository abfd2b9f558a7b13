import Catalogue
import Evaluation
import LanguageModels
import Pipeline

/// The catalogue's titles that are nearest to a text: to the title that it answers, or to all of it where it
/// answers none.
struct NearestTitles {
    /// Titles of each text.
    static let count = 50

    private let index: TitleIndex
    private let titles: [String]
    private let encoder: SentenceEncoder

    /// - Throws: `RunError.missingStep`; an error of the encoder that names its file.
    init(_ run: Run) throws {
        index = try TitleIndex(run.output(of: Steps.titles))
        titles = try run.output(of: Steps.tables).catalogue().map(\.title)
        encoder = try SentenceEncoder(named: run.configuration.embedder)
    }

    /// Nearest first, `[texts][50]`.
    func of(_ texts: UserEmbeddings.Texts) throws -> [[String]] {
        var found: [[String]] = []
        var block: [String] = []
        func search() throws {
            let vectors = try encoder.embed(block)
            for row in block.indices {
                let vector = Array(vectors[row * encoder.width..<(row + 1) * encoder.width])
                found.append(index.byCosine(to: vector).prefix(Self.count).map { titles[$0] })
            }
            block.removeAll(keepingCapacity: true)
        }
        try texts { text in
            let answered = AnswerParser.parse(text).title ?? text
            block.append(answered.isEmpty ? "no answer" : answered)
            if block.count == 4096 { try search() }
        }
        if !block.isEmpty { try search() }
        return found
    }
}
