import Testing

@testable import Tokenization

@Suite struct WordCacheTests {
    private static func key(_ word: [UInt8]) throws -> WordCache.Key {
        try #require(word.withUnsafeBufferPointer { WordCache.Key($0) })
    }

    @Test("words that share a slot are told apart") func wordsInOneSlotAreDistinguished() throws {
        let word = Array("category".utf8) + [0, 0, 0, 0]
        let first = try Self.key(word)
        var other = word
        // One in 2¹⁵ words with the same first eight bytes has the same slot.
        repeat {
            for index in 8..<12 {
                other[index] &+= 1
                if other[index] != 0 { break }
            }
        } while try Self.key(other).slot != first.slot && other != word
        try #require(other != word)

        var cache = WordCache()
        var ids: [Int32] = []
        cache.insert(first, ids: [7, 8])
        #expect(!cache.append(try Self.key(other), to: &ids))
        #expect(cache.append(first, to: &ids))
        #expect(ids == [7, 8])
        cache.insert(try Self.key(other), ids: [9])
        #expect(!cache.append(first, to: &ids))
    }

    @Test("words of more than 15 bytes have no key") func longWordsHaveNoKey() {
        let word = [UInt8](repeating: 97, count: 16)
        #expect(word.withUnsafeBufferPointer { WordCache.Key($0) } == nil)
        #expect(word.dropLast().withUnsafeBufferPointer { WordCache.Key($0) } != nil)
    }
}
