import Pipeline

/// Writes prompts of every user at the moments of `rank.snapshots`: what near-online inference would have
/// asked then.
struct SnapshotPromptWriter {
    private let configuration: TaijiConfiguration
    private let tables: ConstructedTables
    private let tokenCount: ((String) throws -> Int)?

    /// - Parameter tokenCount: tokens of a text, which `construct.prompt.maximumTokens` needs.
    init(
        _ configuration: TaijiConfiguration, _ tables: ConstructedTables,
        tokenCount: ((String) throws -> Int)?
    ) {
        (self.configuration, self.tables, self.tokenCount) = (configuration, tables, tokenCount)
    }

    func write(to output: SnapshotPrompts, progress: RunProgress) throws {
        let (users, items) = (try tables.users(), try tables.items())
        let events = Dictionary(grouping: try tables.events(users: users, items: items), by: \.user)
            .mapValues { list in
                list.enumerated().sorted { ($0.element.time, $0.offset) < ($1.element.time, $1.offset) }
                    .map(\.element)
            }
        let times = try tables.summary.read().windows.snapshotTimes(configuration.rank.snapshots)
        var live = try LivePrompt(configuration.construct, tokenCount: tokenCount)
        let title = "prompts of \(times.count) snapshots"
        progress.begin(title, total: times.count * users.count)
        var count = 0
        try JSONLines.write(to: output.prompts.url) { append in
            for time in times {
                for (index, user) in users.enumerated() {
                    let known = (events[Int32(index)] ?? []).prefix { $0.time < time }
                    try append(
                        InferencePrompt(
                            user: Int32(index), time: time,
                            prompt: live.prompt(user, events: Array(known), items: items)))
                    count += 1
                }
                progress.update(count)
            }
        }
        progress.end("\(count) prompts")
    }
}
