/// Which of some prompts are held out of training: the last ones, and never only a part of a user's.
public enum HeldOut {
    /// Number of prompts to hold out.
    ///
    /// - Parameters:
    ///   - wanted: how many are asked for.
    ///   - users: user of each prompt; a user's prompts stand together.
    /// - Returns: as many, or more by the rest of the first one's user; fewer where nothing would be left
    ///   to train on.
    public static func count(_ wanted: Int, of users: [Int32]) -> Int {
        guard wanted > 0, wanted < users.count else { return max(0, min(wanted, users.count)) }
        var start = users.count - wanted
        while start > 0, users[start - 1] == users[start] { start -= 1 }
        if start > 0 { return users.count - start }
        // All but the first user's.
        let second = users.firstIndex { $0 != users[0] }
        return second.map { users.count - $0 } ?? 0
    }
}
