/// Rows of the table of a user's codes crossed with a candidate's L2 category, so that a ranker learns what
/// users of a code buy: a hash of sub-quantizer, code and category, M rows a candidate, whose embeddings are
/// averaged.
enum CodeCrosses {
    /// Rows of the table. With 8 codes of 16 values and 300 categories, a row has half a cross on average.
    static let rowCount = 1 << 16

    /// - Parameters:
    ///   - codes: of the user, `[M]`.
    ///   - category: row of the embedding table for the candidate's L2 category.
    /// - Returns: `[M]`.
    static func rows(_ codes: some Sequence<Int>, category: Int32) -> [Int32] {
        codes.enumerated().map { place, code in
            var hash = UInt64(place) << 48 | UInt64(code) << 32 | UInt64(UInt32(bitPattern: category))
            // The finalizer of SplitMix64 (Steele, Lea and Flood, 2014).
            hash = (hash ^ (hash >> 30)) &* 0xBF58_476D_1CE4_E5B9
            hash = (hash ^ (hash >> 27)) &* 0x94D0_49BB_1331_11EB
            return Int32((hash ^ (hash >> 31)) % UInt64(rowCount))
        }
    }
}
