import Pipeline

/// Token ids that no model has seen together, so that no work is saved by what they say.
enum RandomTokens {
    /// - Returns: `rows` arrays of `columns` ids below `vocabularySize`; the same seed gives the same ids.
    static func sequences(_ rows: Int, of columns: Int, below vocabularySize: Int, seed: UInt64) -> [[Int32]]
    {
        (0..<rows).map { row in
            var generator = SeededGenerator(seed: seed, path: row)
            return (0..<columns).map { _ in Int32.random(in: 0..<Int32(vocabularySize), using: &generator) }
        }
    }
}
