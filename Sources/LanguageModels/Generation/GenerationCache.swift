import Torch

/// A sequence whose keys and values lie in a cache.
struct CachedSequence {
    /// Tokens stored.
    var length = 0
    /// In a `PagedCache`: pages in order of position; the last may be partly filled.
    var pages: [Int32] = []
    /// In a `PaddedCache`: where its prompt and its own tokens lie.
    var place = PaddedCache.Place()
}

/// Keys and values of all layers for many sequences.
protocol GenerationCache: AnyObject {
    /// Makes room for `count` more tokens of a sequence.
    func grow(_ sequence: inout CachedSequence, by count: Int) throws
    /// Another sequence that begins with the same tokens.
    func fork(_ sequence: CachedSequence) throws -> CachedSequence
    /// Gives a sequence's room back.
    func release(_ sequence: CachedSequence)
    /// Stores keys and values `[T, Hkv, d]` of all of a sequence's tokens.
    func store(layer: Int, keys: Tensor, values: Tensor, of sequence: CachedSequence) throws
    /// Attention of the last token of each sequence: stores its key and value, then mixes over all of the
    /// sequence.
    func attention(of sequences: [CachedSequence]) throws -> Decoder.Attention
}
