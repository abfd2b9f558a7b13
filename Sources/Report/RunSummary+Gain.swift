import Pipeline
import Results

extension RankerComparison {
    /// Whether + both, and + text, gain over the baseline and over what their placebos gain, and how small a
    /// gain could show.
    ///
    /// - Parameter users: of the run.
    func gainNotes(users: Int) -> [String] {
        [RankerArm.both, .text].flatMap { gainNotes(of: $0, users: users) }
    }

    private func gainNotes(of real: RankerArm, users: Int) -> [String] {
        guard let both = arms.first(where: { $0.arm == real }),
            let gain = both.metrics.first(where: { $0.task == "CTCVR" && $0.metric == "auc" })?.difference
        else { return [] }
        var notes = ["\(real.title) over the baseline, CTCVR AUC: \(Self.outcome(gain))."]
        let placebos = arms.filter { $0.arm.isPlacebo && $0.arm.counterpart == real }.compactMap { arm in
            arm.bothOver?.first { $0.metric == "auc" }?.difference.map { (name: arm.name, difference: $0) }
        }
        if !placebos.isEmpty {
            let beaten = placebos.filter { $0.difference.lower > 0 }.map(\.name)
            let ahead = placebos.filter { $0.difference.upper < 0 }.map(\.name)
            notes.append(
                "Over its placebos, the same users: larger than \(beaten.count) of \(placebos.count)"
                    + (ahead.isEmpty ? "." : ", smaller than \(ahead.joined(separator: " and ")).")
                    + (beaten.count == placebos.count
                        ? " The gain is the reasoning's."
                        : " A gain that placebos have is not the reasoning's."))
        }
        let width = (gain.upper - gain.lower) / 2
        notes.append(
            "With \(users) users an interval reaches \(fixed(width, 4)) to either side: a smaller gain "
                + "cannot show at this size.")
        return notes
    }

    private static func outcome(_ difference: Estimate) -> String {
        let interval = "[\(fixed(difference.lower, 4)), \(fixed(difference.upper, 4))]"
        let value = "\(fixed(difference.value, 4)) \(interval)"
        if difference.lower > 0 { return "a gain, \(value)" }
        return difference.upper < 0 ? "a loss, \(value)" : "no evidence of a gain, \(value)"
    }
}
