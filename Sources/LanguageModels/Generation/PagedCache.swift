import Torch

/// Keys and values of all layers for many sequences, in pages that sequences with the same beginning share.
final class PagedCache: GenerationCache {
    private var layers: [KeyValuePages]
    /// How many sequences hold each page; 0 is free.
    private var holders: [Int] = []
    private var free: [Int32] = []

    init(_ configuration: DecoderConfiguration, pagesPerSlab: Int = 64) {
        layers = (0..<configuration.layerCount).map { _ in
            KeyValuePages(
                headCount: configuration.keyValueHeadCount, headWidth: configuration.headWidth,
                pagesPerSlab: pagesPerSlab)
        }
    }

    /// Pages in use.
    var pageCount: Int { holders.count { $0 > 0 } }

    /// Makes room for `count` more tokens of a sequence.
    func grow(_ sequence: inout CachedSequence, by count: Int) throws {
        let perPage = KeyValuePages.tokensPerPage
        sequence.length += count
        while sequence.pages.count * perPage < sequence.length { try sequence.pages.append(takePage()) }
    }

    /// Another sequence that begins with the same tokens: whole pages are shared, the rest is copied.
    func fork(_ sequence: CachedSequence) throws -> CachedSequence {
        var copy = sequence
        for page in sequence.pages { holders[Int(page)] += 1 }
        if sequence.length % KeyValuePages.tokensPerPage != 0, let last = sequence.pages.last {
            let own = try takePage()
            for layer in layers { try layer.copy(from: last, to: own) }
            holders[Int(last)] -= 1
            copy.pages[copy.pages.count - 1] = own
        }
        return copy
    }

    /// Gives a sequence's pages back.
    func release(_ sequence: CachedSequence) {
        for page in sequence.pages {
            holders[Int(page)] -= 1
            if holders[Int(page)] == 0 { free.append(page) }
        }
    }

    /// Stores keys and values `[T, Hkv, d]` of all of a sequence's tokens.
    func store(layer: Int, keys: Tensor, values: Tensor, of sequence: CachedSequence) throws {
        let places = (0..<sequence.length).map { Int32($0 % KeyValuePages.tokensPerPage) }
        let pages = (0..<sequence.length).map { sequence.pages[$0 / KeyValuePages.tokensPerPage] }
        try layers[layer].store(keys: keys, values: values, pages: pages, places: places)
    }

    /// Attention of the last token of each sequence: stores its key and value, then mixes over all of the
    /// sequence.
    func attention(of sequences: [CachedSequence]) -> Decoder.Attention {
        let perPage = KeyValuePages.tokensPerPage
        let tables = sequences.map(\.pages)
        let lengths = sequences.map(\.length)
        let pages = sequences.map { $0.pages[($0.length - 1) / perPage] }
        let places = lengths.map { Int32(($0 - 1) % perPage) }
        return { [self] layer, queries, keys, values in
            try layers[layer].store(keys: keys, values: values, pages: pages, places: places)
            return try layers[layer].attend(queries, tables: tables, lengths: lengths)
        }
    }

    private func takePage() throws -> Int32 {
        if let page = free.popLast() {
            holders[Int(page)] = 1
            return page
        }
        holders.append(1)
        for layer in layers.indices { try layers[layer].reserve(holders.count) }
        return Int32(holders.count - 1)
    }
}
