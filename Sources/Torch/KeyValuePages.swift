import CTorch

/// Keys and values of one layer for many sequences, in pages of `tokensPerPage` tokens that sequences may
/// share.
///
/// Pages are numbered from 0; a page holds all key heads of its tokens. Memory grows by slabs of pages and is
/// not zeroed.
public struct KeyValuePages {
    /// Tokens of a page.
    public static var tokensPerPage: Int { Int(ct_page_tokens()) }

    private var slabs: [Tensor] = []
    private let pagesPerSlab: Int
    private let headCount: Int
    private let headWidth: Int

    /// No page yet.
    ///
    /// - Parameters:
    ///   - headCount: Hkv.
    ///   - headWidth: d.
    ///   - pagesPerSlab: pages that are allocated together.
    public init(headCount: Int, headWidth: Int, pagesPerSlab: Int) {
        self.headCount = headCount
        self.headWidth = headWidth
        self.pagesPerSlab = pagesPerSlab
    }

    /// Makes pages 0..<count exist.
    public mutating func reserve(_ count: Int) throws {
        let elements = Int(ct_page_elements(Int64(headCount), Int64(headWidth)))
        while slabs.count * pagesPerSlab < count {
            try slabs.append(Tensor.uninitialized([pagesPerSlab, elements]))
        }
    }

    /// Puts each token's key and value into a place of a page.
    ///
    /// - Parameters:
    ///   - keys: `[T, Hkv, d]`; `values` alike.
    ///   - pages: the page of each token.
    ///   - places: its place there, below `tokensPerPage`.
    public func store(keys: Tensor, values: Tensor, pages: [Int32], places: [Int32]) throws {
        let tokens = keys.shape[0]
        guard pages.count == tokens, places.count == tokens else {
            throw TorchError.unexpected(
                operation: "store pages", expected: "\(tokens) pages and places",
                found: "\(pages.count) and \(places.count)")
        }
        let status = withExtendedLifetime(slabs) {
            ct_store_pages(
                slabs.map(\.handle), CInt(slabs.count), keys.handle, values.handle, pages, places)
        }
        try check("store pages", [keys, values], status)
    }

    /// Copies a page.
    public func copy(from source: Int32, to target: Int32) throws {
        let status = withExtendedLifetime(slabs) {
            ct_copy_page(
                slabs.map(\.handle), CInt(slabs.count), Int64(headCount), Int64(headWidth), source, target)
        }
        try check("copy page", [], status)
    }

    /// Attention of one query token a sequence to the tokens of its pages.
    ///
    /// - Parameters:
    ///   - queries: `[B, H, d]`, H a multiple of Hkv.
    ///   - tables: pages of each sequence, in order.
    ///   - lengths: tokens of each sequence that are seen.
    /// - Returns: `[B, H·d]`. A row does not depend on the other rows.
    public func attend(_ queries: Tensor, tables: [[Int32]], lengths: [Int]) throws -> Tensor {
        var starts: [Int64] = [0]
        for table in tables { starts.append(starts[starts.count - 1] + Int64(table.count)) }
        guard tables.count == queries.shape[0], lengths.count == tables.count,
            zip(tables, lengths).allSatisfy({ $0.count * Self.tokensPerPage >= $1 && $1 > 0 })
        else {
            throw TorchError.unexpected(
                operation: "paged attention", expected: "pages for \(queries.shape[0]) sequences",
                found: "\(tables.map(\.count)) pages for \(lengths) tokens")
        }
        return try withExtendedLifetime(slabs) {
            try make("paged attention", queries) {
                ct_paged_attention(
                    slabs.map(\.handle), CInt(slabs.count), queries.handle, Int64(headCount),
                    Array(tables.joined()), starts, lengths.map(Int64.init), $0)
            }
        }
    }
}
