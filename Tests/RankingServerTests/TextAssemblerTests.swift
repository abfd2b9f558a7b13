import Testing

@testable import RankingServer

@Suite("The text of a completion while its tokens come") struct TextAssemblerTests {
    /// Byte tokens.
    private func decode(_ ids: [Int32]) -> String { String(decoding: ids.map { UInt8($0) }, as: UTF8.self) }

    private func parts(_ text: String, stops: [String]) -> (parts: [String], isStopped: Bool) {
        var assembler = TextAssembler(stops: stops)
        let parts = text.utf8.map { assembler.add(Int32($0), decode: decode) }
        return (parts + [assembler.finish(decode: decode)], assembler.isStopped)
    }

    @Test("parts are whole characters and together the text", arguments: ["plain", "naïve – 日本", "👍🏽 ok", ""])
    func partsAreWhole(text: String) {
        let found = parts(text, stops: [])
        #expect(found.parts.joined() == text && !found.parts.contains { $0.contains("\u{FFFD}") })
    }

    /// A text, its stop texts, and what is left of it.
    static let stopped: [(text: String, stops: [String], kept: String, isStopped: Bool)] = [
        ("one. two", ["."], "one", true), ("a END b", ["END"], "a ", true),
        ("a EN b", ["END"], "a EN b", false),
        ("aab", ["ab"], "a", true), ("x\n\ny", ["\n\n", "y"], "x", true),
        ("almost EN", ["END"], "almost EN", false),
        ("second first", ["first", "second"], "", true),
    ]

    @Test("a stop text ends it, and no part of it is told before", arguments: stopped.indices)
    func stopsEndIt(place: Int) {
        let expected = Self.stopped[place]
        let found = parts(expected.text, stops: expected.stops)
        #expect(found.parts.joined() == expected.kept && found.isStopped == expected.isStopped, "\(found)")
    }

    @Test("bytes that are no character are told as such, and do not hold back what follows")
    func brokenBytes() {
        var assembler = TextAssembler(stops: [])
        let parts = [0xFF, 0xFE, 0xFF, 0xFE, 0x61].map { assembler.add($0, decode: decode) }
        #expect(parts.joined() == "\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}a")
    }
}
