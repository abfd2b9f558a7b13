/// The merges by their two token ids: rank (smaller merges first) and the token that results.
struct MergeTable: Sendable {
    static let noRank = UInt32.max

    private struct Entry {
        var pair: UInt64  // left id << 32 | right id
        var rank: UInt32
        var merged: Int32
    }

    private var entries: [Entry]  // open addressing, at most half full
    private let shift: UInt64

    init(capacity: Int) {
        var bits: UInt64 = 4
        while (1 << bits) < 2 * capacity { bits += 1 }
        entries = Array(repeating: Entry(pair: 0, rank: Self.noRank, merged: -1), count: 1 << bits)
        shift = 64 - bits
    }

    /// Adds a merge; of a pair that is there twice the last counts, as in the reference.
    mutating func insert(_ left: Int32, _ right: Int32, rank: UInt32, merged: Int32) {
        let pair = Self.pair(left, right)
        entries[slot(of: pair)] = Entry(pair: pair, rank: rank, merged: merged)
    }

    /// The rank and result of merging two tokens; `noRank` if they do not merge.
    @inline(__always) func merge(_ left: Int32, _ right: Int32) -> (rank: UInt32, merged: Int32) {
        let entry = entries[slot(of: Self.pair(left, right))]
        return (entry.rank, entry.merged)
    }

    @inline(__always) private static func pair(_ left: Int32, _ right: Int32) -> UInt64 {
        UInt64(UInt32(bitPattern: left)) << 32 | UInt64(UInt32(bitPattern: right))
    }

    @inline(__always) private func slot(of pair: UInt64) -> Int {
        var index = Int(truncatingIfNeeded: (pair &* 0x9E37_79B9_7F4A_7C15) >> shift)
        while entries[index].rank != Self.noRank, entries[index].pair != pair {
            index = (index + 1) & (entries.count - 1)
        }
        return index
    }
}
