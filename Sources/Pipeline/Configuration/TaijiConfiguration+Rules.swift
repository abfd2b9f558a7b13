extension TaijiConfiguration {
    /// Checks every setting of every section, and what they must be together.
    ///
    /// - Throws: `ConfigurationError.invalid` naming the first setting that is out of range.
    public func validate() throws { try validate("") }
}

extension ConfigurationSection {
    /// Throws unless settings that depend on each other fit.
    fileprivate func require(_ condition: Bool, _ key: String, _ message: @autoclosure () -> String) throws {
        if !condition { throw ConfigurationError.invalid(key: key, message: message()) }
    }
}

extension ConstructConfiguration {
    /// Users in more roles than there are users cannot be drawn.
    public func checkTogether(_ path: String) throws {
        let roles = activateUsers + collaborateUsers + testUsers
        try require(
            roles <= users, "\(path)users",
            "is \(users); expected at least the \(roles) of activateUsers, collaborateUsers and testUsers "
                + "together"
        )
    }
}

extension WeekConfiguration {
    /// Windows follow each other.
    public func checkTogether(_ path: String) throws {
        let starts = [
            ("languageModel", languageModel), ("rankerTraining", rankerTraining), ("test", test),
            ("end", end),
        ]
        for (earlier, later) in zip(starts, starts.dropFirst()) {
            try require(
                earlier.1 < later.1, path + later.0,
                "is \(later.1); expected a week after \(path)\(earlier.0), which is \(earlier.1)")
        }
    }
}

extension AdapterConfiguration {
    /// Adapters need something to adapt.
    public func checkTogether(_ path: String) throws {
        try require(
            rank == 0 || !targets.isEmpty, "\(path)targets",
            "is empty; expected at least one linear map, or rank 0 to train all weights")
    }
}

extension CollaborateConfiguration {
    /// Rewards differ, and each has a weight that the rule can keep.
    public func checkTogether(_ path: String) throws {
        try require(
            rewards.count >= 2 && Set(rewards).count == rewards.count, "\(path)rewards",
            "are \(rewards.map(\.rawValue)); expected two or more, each once")
        try weighting.check(rewardCount: rewards.count, "\(path)weighting.")
    }
}

extension WeightingConfiguration {
    fileprivate func check(rewardCount: Int, _ path: String) throws {
        for (key, weights) in [("initialWeights", initialWeights), ("finalWeights", finalWeights)] {
            if key == "finalWeights", method != .scheduled { continue }
            try require(
                weights.count == rewardCount, path + key,
                "is \(weights); expected \(rewardCount) numbers, one for each of collaborate.rewards")
            try require(
                weights.contains { $0 > 0 } && (method == .fixed || weights.allSatisfy { $0 > 0 }),
                path + key,
                "is \(weights); expected more than 0, and 0 only for some weights of the method 'fixed'")
        }
        let share = 1 / Double(rewardCount)
        try require(
            floor <= share && ceiling >= share, "\(path)floor",
            "is \(floor) with a ceiling of \(ceiling); expected floor ≤ 1/\(rewardCount) ≤ ceiling, or"
                + " \(rewardCount) weights cannot sum to 1")
    }
}

extension CodesConfiguration {
    /// Only product codes are rotated.
    public func checkTogether(_ path: String) throws {
        try require(
            !rotates || quantizer == .product, "\(path)rotates",
            "is true; a residual quantizer rotates nothing, set it to false")
    }
}

extension RankConfiguration {
    /// Calibration is learnt from held-out impressions.
    public func checkTogether(_ path: String) throws {
        try require(
            calibration == .none || ranker.validationShare > 0, "\(path)calibration",
            "is \(calibration.rawValue), which is learnt from held-out impressions; set"
                + " \(path)ranker.validationShare, to 0.1 for example")
    }
}

extension ExperimentConfiguration {
    /// Every seed is a run of its own.
    public func checkTogether(_ path: String) throws {
        try require(
            Set(seeds).count == seeds.count, "\(path)seeds", "are \(seeds); expected each once")
    }
}
