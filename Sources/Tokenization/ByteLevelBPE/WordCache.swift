/// The ids of recent words of at most 15 bytes: a fixed table where a word overwrites what shared its slot.
///
/// The key is the word itself (15 bytes and its length in 16), so a hit is exact. Longer words are rare, and
/// merging them again is cheap beside remembering them.
struct WordCache: Sendable {
    static let longestWord = 15
    private static let bits: UInt64 = 15
    private static let stride = longestWord + 1  // the count, then at most one id a byte

    struct Key {
        var low: UInt64
        var high: UInt64  // the length in the last byte; 0 marks an empty slot

        @inline(__always) init?(_ word: UnsafeBufferPointer<UInt8>) {
            guard word.count <= WordCache.longestWord, let base = word.baseAddress else { return nil }
            low = 0
            high = UInt64(word.count) << 56
            let firstHalf = min(word.count, 8)
            for offset in 0..<firstHalf { low |= UInt64(base[offset]) << UInt64(8 * offset) }
            for offset in firstHalf..<word.count { high |= UInt64(base[offset]) << UInt64(8 * (offset - 8)) }
        }

        @inline(__always) var slot: Int {
            let mixed = (low ^ (high &* 0xD6E8_FEB8_6659_FD93)) &* 0x9E37_79B9_7F4A_7C15
            return Int(truncatingIfNeeded: mixed >> (64 - WordCache.bits))
        }
    }

    private var keys = [(low: UInt64, high: UInt64)](repeating: (0, 0), count: 1 << bits)
    private var values = [Int32](repeating: 0, count: stride << bits)

    /// Appends the word's ids to `output` if they are known.
    @inline(__always) func append(_ key: Key, to output: inout [Int32]) -> Bool {
        let slot = key.slot
        guard keys[slot].low == key.low, keys[slot].high == key.high else { return false }
        let start = slot * Self.stride
        for index in start + 1...start + Int(values[start]) { output.append(values[index]) }
        return true
    }

    /// Remembers the ids of a word; not those of a word that has none.
    mutating func insert(_ key: Key, ids: ArraySlice<Int32>) {
        guard (1...Self.longestWord).contains(ids.count) else { return }
        let slot = key.slot
        keys[slot] = (key.low, key.high)
        values[slot * Self.stride] = Int32(ids.count)
        for (offset, id) in ids.enumerated() { values[slot * Self.stride + 1 + offset] = id }
    }
}
