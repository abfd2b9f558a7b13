public import Pipeline

/// Texts as vectors of one or several encoders side by side, each of unit length and an equal share of the
/// whole.
public struct TextEmbedder {
    private let encoders: [SentenceEncoder]

    /// - Parameter encoders: one or more.
    public init(_ encoders: [SentenceEncoder]) {
        precondition(!encoders.isEmpty, "an embedding needs an encoder")
        self.encoders = encoders
    }

    /// What embeds users in a run.
    ///
    /// - Parameters:
    ///   - embedding: whose states: the sentence encoder's, the model's, or both.
    ///   - model: the one that wrote the texts; asked for only where its states are read.
    /// - Throws: an error of either that names its file.
    public init(
        _ embedding: UserEmbedding, encoder: String, model: () throws -> LanguageModel
    ) throws {
        var encoders: [SentenceEncoder] = []
        if embedding != .model { encoders.append(try SentenceEncoder(named: encoder)) }
        if embedding != .encoder { encoders.append(SentenceEncoder(of: try model())) }
        self.init(encoders)
    }

    /// D.
    public var width: Int { encoders.reduce(0) { $0 + $1.width } }

    /// Unit-length rows of `width` numbers, in the order of the texts.
    public func embed(_ texts: [String], progress: (Int) -> Void = { _ in }) throws -> [Float] {
        guard encoders.count > 1 else { return try encoders[0].embed(texts, progress: progress) }
        let parts = try encoders.map { try $0.embed(texts, progress: progress) }
        let scale = 1 / Float(encoders.count).squareRoot()
        return texts.indices.flatMap { row in
            zip(encoders, parts).flatMap { encoder, part in
                part[row * encoder.width..<(row + 1) * encoder.width].map { $0 * scale }
            }
        }
    }
}
