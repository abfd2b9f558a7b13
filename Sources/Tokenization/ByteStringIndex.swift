/// A map from byte strings to token ids that is asked with a slice of a buffer, without making a `String`.
///
/// `[String: Int32]` would be slower, and wrong: Swift's `String` equates canonically equivalent text
/// (U+F900 and U+8C48, say), which a vocabulary keeps apart.
struct ByteStringIndex: Sendable {
    private struct Slot {
        var start: UInt32
        var count: UInt32
        var id: Int32  // −1: empty
    }

    private var bytes: [UInt8] = []
    private var slots: [Slot]  // open addressing, at most half full
    private let mask: Int
    /// Bytes of the longest key.
    private(set) var longestKey = 0

    init(capacity: Int) {
        var size = 16
        while size < 2 * capacity { size *= 2 }
        slots = Array(repeating: Slot(start: 0, count: 0, id: -1), count: size)
        mask = size - 1
    }

    /// Adds a key, unless it is there already: the first id of a key wins. At most `capacity` keys fit.
    mutating func insert(_ key: some Sequence<UInt8>, id: Int32) {
        let key = Array(key)
        key.withUnsafeBufferPointer { key in
            let index = slot(of: key)
            guard slots[index].id < 0 else { return }
            slots[index] = Slot(start: UInt32(bytes.count), count: UInt32(key.count), id: id)
            bytes.append(contentsOf: key)
            longestKey = max(longestKey, key.count)
        }
    }

    subscript(key: UnsafeBufferPointer<UInt8>) -> Int32? {
        let id = slots[slot(of: key)].id
        return id < 0 ? nil : id
    }

    subscript(key: String) -> Int32? {
        var key = key
        return key.withUTF8 { self[$0] }
    }

    /// The slot that holds `key`, or the empty slot where it would go.
    private func slot(of key: UnsafeBufferPointer<UInt8>) -> Int {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325  // FNV-1a, 64 bits
        for byte in key { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
        var index = Int(truncatingIfNeeded: hash ^ (hash >> 32)) & mask
        while slots[index].id >= 0, !holds(slots[index], key) { index = (index + 1) & mask }
        return index
    }

    private func holds(_ slot: Slot, _ key: UnsafeBufferPointer<UInt8>) -> Bool {
        guard Int(slot.count) == key.count else { return false }
        let start = Int(slot.start)
        for offset in 0..<key.count where bytes[start + offset] != key[offset] { return false }
        return true
    }
}
