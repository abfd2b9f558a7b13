public import Pipeline

/// Prompts of users as of now, from their behaviours: what stage 1 writes into `inference.jsonl`, for any
/// moment.
public struct LivePrompt {
    private var builder: PromptBuilder
    private let historyLength: Int
    private let usualItems: Int

    /// - Parameter tokenCount: tokens of a text, which `construct.prompt.maximumTokens` needs.
    /// - Throws: `TextTemplateError`.
    public init(_ configuration: ConstructConfiguration, tokenCount: ((String) throws -> Int)?) throws {
        builder = try PromptBuilder(configuration.prompt, tokenCount: tokenCount)
        historyLength = configuration.historyLength
        usualItems = configuration.prompt.usualItems
    }

    /// The prompt of a user.
    ///
    /// - Parameters:
    ///   - user: one whom no run knows has an empty profile, which is then made of the favorite categories.
    ///   - events: by time; all of them are seen.
    ///   - items: by the events' places.
    public mutating func prompt(_ user: User, events: [Event], items: [Item]) throws -> String {
        let profile =
            user.profile.isEmpty
            ? builder.profile(user.attributes, favorites: favorites(events, items)) : user.profile
        let state = PromptBuilder.State(
            profile: profile, history: history(events, items).map { items[Int($0)] },
            usual: usual(events, items))
        return try builder.prompts(state, target: nil).plain
    }

    /// Each title once, where it was chosen last, newest first; of one visit, what cost most first. The order
    /// is that of `samples.sql`.
    private func history(_ events: [Event], _ items: [Item]) -> [Int32] {
        var newest: [String: Event] = [:]
        for event in events {
            let title = items[Int(event.item)].title
            if let known = newest[title], !Self.isEarlier(known, event) { continue }
            newest[title] = event
        }
        return newest.values.sorted { Self.isEarlier($1, $0) }.prefix(historyLength).map(\.item)
    }

    private static func isEarlier(_ a: Event, _ b: Event) -> Bool {
        (a.time, a.basket, a.value, -a.item) < (b.time, b.basket, b.value, -b.item)
    }

    /// What was chosen again and again, most often first.
    private func usual(_ events: [Event], _ items: [Item]) -> [(item: Item, count: Int)] {
        guard usualItems > 0 else { return [] }
        var counts: [String: (rows: Int, time: Int64, item: Int32)] = [:]
        for event in events {
            let title = items[Int(event.item)].title
            guard !title.isEmpty else { continue }
            var known = counts[title] ?? (0, event.time, event.item)
            known.rows += 1
            if (known.time, -known.item) < (event.time, -event.item) {
                (known.time, known.item) = (event.time, event.item)
            }
            counts[title] = known
        }
        return counts.values.filter { $0.rows > 1 }
            .sorted { ($1.rows, $1.time, $0.item) < ($0.rows, $0.time, $1.item) }
            .prefix(usualItems).map { (items[Int($0.item)], $0.rows) }
    }

    /// The three L2 categories that were chosen from most.
    private func favorites(_ events: [Event], _ items: [Item]) -> [String] {
        var counts: [String: Int] = [:]
        for event in events {
            let categories = items[Int(event.item)].categories
            if categories.count > 1, !categories[1].isEmpty { counts[categories[1], default: 0] += 1 }
        }
        return counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(3).map(\.key)
    }
}
