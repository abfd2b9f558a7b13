extension TaijiConfiguration {
    /// Checks every setting of every section, and what they must be together.
    ///
    /// - Throws: `ConfigurationError.invalid` naming the first setting that is out of range.
    public func validate() throws { try validate("") }

    /// What sections must be together, so that a run does not fail after hours of work.
    public func checkTogether(_: String) throws {
        try require(
            collaborate.validation.samples < construct.collaborateUsers, "collaborate.validation.samples",
            "is \(collaborate.validation.samples); expected less than the \(construct.collaborateUsers) of "
                + "construct.collaborateUsers, or no prompt is left to train on")
        for (key, weights) in [
            ("construct.teacher.generationWeights", construct.teacher.generationWeights),
            ("collaborate.rolloutWeights", collaborate.rolloutWeights),
            ("rank.generationWeights", rank.generationWeights),
            ("evaluate.generationWeights", evaluate.generationWeights),
        ] {
            try require(
                weights == .float32 || device == .cpu, key,
                "is \(weights.rawValue), which is for processors; expected float32 with device "
                    + device.rawValue)
        }
        let codes = rank.codes
        try require(
            construct.users >= 1 << codes.bits, "rank.codes.bits",
            "is \(codes.bits); \(1 << codes.bits) centroids need as many users, expected fewer bits or more "
                + "than the \(construct.users) of construct.users")
        try require(
            codes.search != .ivfpq || construct.users >= 64, "rank.codes.search",
            "is ivfpq, which needs 64 users; expected another search or more than the \(construct.users) of "
                + "construct.users")
    }
}

extension ConfigurationSection {
    /// Throws unless settings that depend on each other fit.
    func require(_ condition: Bool, _ key: String, _ message: @autoclosure () -> String) throws {
        if !condition { throw ConfigurationError.invalid(key: key, message: message()) }
    }
}

extension ConstructConfiguration {
    /// Every user has at most one role.
    public func checkTogether(_ path: String) throws {
        let roles = activateUsers + collaborateUsers + testUsers
        try require(
            roles <= users, "\(path)users",
            "is \(users); expected at least \(roles), the sum of activateUsers, collaborateUsers and "
                + "testUsers")
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
            rewards.count >= 2, "\(path)rewards", "are \(rewards.map(\.rawValue)); expected two or more")
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
                "is \(weights); expected numbers above 0; 'fixed' weights may be 0, but not all of them")
            try require(
                weights.reduce(0, +).isFinite, path + key, "is \(weights); expected a finite sum")
        }
        let share = 1 / Double(rewardCount)
        try require(
            floor <= share && ceiling >= share, "\(path)floor",
            "is \(floor) with a ceiling of \(ceiling); expected floor ≤ 1/\(rewardCount) ≤ ceiling, or "
                + "\(rewardCount) weights cannot sum to 1")
    }
}

extension CodesConfiguration {
    /// Only product codes are rotated.
    public func checkTogether(_ path: String) throws {
        try require(
            !rotates || quantizer == .product, "\(path)rotates",
            "is true; expected false, because a residual quantizer has no rotation")
    }
}

extension RankConfiguration {
    /// Calibration is fitted to held-out impressions.
    public func checkTogether(_ path: String) throws {
        try require(
            calibration == .none || ranker.validationShare > 0, "\(path)calibration",
            "is \(calibration.rawValue), which is fitted to held-out impressions; expected none, or a "
                + "\(path)ranker.validationShare above 0, such as 0.1")
    }
}

extension ExperimentConfiguration {
    /// Every seed is a run of its own.
    public func checkTogether(_ path: String) throws {
        try require(
            Set(seeds).count == seeds.count, "\(path)seeds", "are \(seeds); expected each once")
    }
}
