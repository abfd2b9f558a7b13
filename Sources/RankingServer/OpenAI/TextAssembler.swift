import Foundation

/// The text of a completion while its tokens come: whole characters only, and never a part of a stop text.
struct TextAssembler {
    private let stops: [String]
    /// Tokens whose bytes are no whole character yet.
    private var pending: [Int32] = []
    /// Text that may be the beginning of a stop text.
    private var held = ""
    /// Whether a stop text appeared; nothing follows it.
    private(set) var isStopped = false

    /// Most tokens of one character.
    private static let longestCharacter = 4

    /// - Parameter stops: texts that end the completion and are not part of it.
    init(stops: [String]) { self.stops = stops }

    /// The text that a token makes certain.
    ///
    /// - Parameter decode: the text of token ids.
    mutating func add(_ token: Int32, decode: ([Int32]) throws -> String) rethrows -> String {
        guard !isStopped else { return "" }
        pending.append(token)
        let text = try decode(pending)
        // Bytes that are no whole character decode as a replacement character.
        if text.hasSuffix("\u{FFFD}"), pending.count < Self.longestCharacter { return "" }
        pending = []
        return take(text)
    }

    /// What was held back, at the end of a completion.
    mutating func finish(decode: ([Int32]) throws -> String) rethrows -> String {
        let text = take(try decode(pending))
        pending = []
        guard !isStopped else { return text }
        defer { held = "" }
        return text + held
    }

    private mutating func take(_ text: String) -> String {
        held += text
        if let found = stops.compactMap({ held.range(of: $0) }).min(by: { $0.lowerBound < $1.lowerBound }) {
            isStopped = true
            defer { held = "" }
            return String(held[..<found.lowerBound])
        }
        let kept = stops.map { Self.overlap(held, $0) }.max() ?? 0
        let certain = held.dropLast(kept)
        held = String(held.suffix(kept))
        return String(certain)
    }

    /// Characters at the end of a text that a stop text begins with.
    private static func overlap(_ text: String, _ stop: String) -> Int {
        let longest = min(text.count, stop.count - 1)
        return (0...max(0, longest)).last { text.hasSuffix(stop.prefix($0)) } ?? 0
    }
}
