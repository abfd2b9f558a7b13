/// The four relations that a source consists of.
enum SourceRelation: String, CaseIterable, Sendable {
    case users, items, events, impressions

    /// The relation's section of the configuration.
    var setting: String { "construct.source.\(rawValue)" }
}
