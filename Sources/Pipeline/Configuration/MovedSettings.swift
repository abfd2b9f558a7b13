/// Settings that had another path in an earlier version.
enum MovedSettings {
    private static let paths = [
        "teacher": "construct.teacher", "collaborate.ranker": "collaborate.rewardRanker",
        "construct.weeks": "construct.windows", "construct.request": "construct.prompt.request",
    ]

    /// Where a setting is now; nil for a path that no earlier version had.
    static func now(_ path: String) -> String? {
        for (old, new) in paths where path == old || path.hasPrefix("\(old).") {
            return new + path.dropFirst(old.count)
        }
        return nil
    }
}
