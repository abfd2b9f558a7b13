/// Finds special tokens in text: the leftmost, and of those that begin there the longest.
struct SpecialTokens: Sendable {
    private var candidates: [[(bytes: [UInt8], id: Int32)]] = Array(repeating: [], count: 256)
    private var begins: [Bool] = Array(repeating: false, count: 256)

    init(_ tokens: [(text: String, id: Int32)]) {
        for (text, id) in tokens {
            let bytes = Array(text.utf8)
            guard let first = bytes.first else { continue }
            begins[Int(first)] = true
            candidates[Int(first)].append((bytes, id))
        }
        for first in candidates.indices { candidates[first].sort { $0.bytes.count > $1.bytes.count } }
    }

    /// The first special token at or after `start`.
    func first(in text: UnsafeBufferPointer<UInt8>, from start: Int) -> (range: Range<Int>, id: Int32)? {
        begins.withUnsafeBufferPointer { begins in
            for position in start..<text.count where begins[Int(text[position])] {
                for candidate in candidates[Int(text[position])]
                where text[position...].starts(with: candidate.bytes) {
                    return (position..<position + candidate.bytes.count, candidate.id)
                }
            }
            return nil
        }
    }

    /// Calls `ordinary` for each stretch of text between special tokens, and `special` for each of those, in
    /// order.
    func split(
        _ text: UnsafeBufferPointer<UInt8>,
        ordinary: (UnsafeBufferPointer<UInt8>) -> Void,
        special: (Int32) -> Void
    ) {
        var position = 0
        while position < text.count {
            let token = first(in: text, from: position)
            let end = token?.range.lowerBound ?? text.count
            if end > position { ordinary(UnsafeBufferPointer(rebasing: text[position..<end])) }
            if let token { special(token.id) }
            position = token?.range.upperBound ?? text.count
        }
    }
}
