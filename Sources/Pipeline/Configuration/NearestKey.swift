/// Finds what a misspelt key may have meant.
public enum NearestKey {
    /// The known key with the fewest edits from `name`, if few enough to be meant, or in any case with
    /// `always`.
    public static func find(_ name: String, in keys: [String], always: Bool = false) -> String? {
        let scored = keys.map {
            (key: $0, edits: editDistance(Array(name.lowercased()), Array($0.lowercased())))
        }
        guard let best = scored.min(by: { ($0.edits, $0.key) < ($1.edits, $1.key) }) else { return nil }
        return always || best.edits <= max(2, name.count / 2) ? best.key : nil
    }

    private static func editDistance(_ a: [Character], _ b: [Character]) -> Int {
        var row = Array(0...b.count)
        for (i, x) in a.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, y) in b.enumerated() {
                let substituted = diagonal + (x == y ? 0 : 1)
                diagonal = row[j + 1]
                row[j + 1] = min(substituted, row[j] + 1, row[j + 1] + 1)
            }
        }
        return row[b.count]
    }
}
