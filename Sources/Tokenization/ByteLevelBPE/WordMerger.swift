/// Merges the symbols of one word: of all adjacent pairs the one of least rank, the leftmost of equals,
/// until none.
///
/// Candidates wait in a heap and are checked when they come out, so that n symbols take n log n steps
/// whatever the text (a line of a million equal letters is one word). Holds its buffers from word to word.
struct WordMerger: Sendable {
    private struct Symbol {
        var id: Int32
        var previous: Int32  // −1: first
        var next: Int32  // −1: last
        var rank: UInt32  // of the merge with the next symbol
        var merged: Int32  // what that merge gives
    }

    private var symbols: [Symbol] = []
    private var heap: [UInt64] = []  // rank << 32 | position, least first

    /// Merges `ids`, the tokens of the word's bytes, and appends what is left to `output`.
    mutating func merge(_ ids: some Collection<Int32>, with table: MergeTable, into output: inout [Int32]) {
        symbols.removeAll(keepingCapacity: true)
        heap.removeAll(keepingCapacity: true)
        for (position, id) in ids.enumerated() {
            let index = Int32(truncatingIfNeeded: position)
            symbols.append(
                Symbol(id: id, previous: index - 1, next: index + 1, rank: MergeTable.noRank, merged: -1))
        }
        guard !symbols.isEmpty else { return }
        symbols[symbols.count - 1].next = -1
        for position in symbols.indices.dropLast() { rankPair(at: position, with: table) }
        while let least = popLeast() {
            let position = Int(least & 0xFFFF_FFFF)
            if symbols[position].rank == UInt32(least >> 32) { mergePair(at: position, with: table) }
        }
        var position = 0
        while position >= 0 {
            output.append(symbols[position].id)
            position = Int(symbols[position].next)
        }
    }

    private mutating func mergePair(at position: Int, with table: MergeTable) {
        let right = Int(symbols[position].next)
        symbols[position].id = symbols[position].merged
        symbols[position].next = symbols[right].next
        symbols[right].rank = MergeTable.noRank
        let after = Int(symbols[right].next)
        if after >= 0 { symbols[after].previous = Int32(truncatingIfNeeded: position) }
        rankPair(at: position, with: table)
        let before = Int(symbols[position].previous)
        if before >= 0 { rankPair(at: before, with: table) }
    }

    /// Looks up the merge of the symbol at `position` with its next, and queues it.
    private mutating func rankPair(at position: Int, with table: MergeTable) {
        let next = Int(symbols[position].next)
        guard next >= 0 else {
            symbols[position].rank = MergeTable.noRank
            return
        }
        let (rank, merged) = table.merge(symbols[position].id, symbols[next].id)
        symbols[position].rank = rank
        symbols[position].merged = merged
        if rank != MergeTable.noRank { push(UInt64(rank) << 32 | UInt64(position)) }
    }

    private mutating func push(_ candidate: UInt64) {
        heap.append(candidate)
        var child = heap.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            if heap[parent] <= candidate { break }
            heap[child] = heap[parent]
            child = parent
        }
        heap[child] = candidate
    }

    private mutating func popLeast() -> UInt64? {
        guard let least = heap.first, let moved = heap.popLast() else { return nil }
        guard !heap.isEmpty else { return least }
        var parent = 0
        while true {
            var child = 2 * parent + 1
            if child >= heap.count { break }
            if child + 1 < heap.count, heap[child + 1] < heap[child] { child += 1 }
            if heap[child] >= moved { break }
            heap[parent] = heap[child]
            parent = child
        }
        heap[parent] = moved
        return least
    }
}
