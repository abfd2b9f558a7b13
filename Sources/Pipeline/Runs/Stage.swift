/// Where a step belongs: the paper's four stages in their order, the evaluation of §3, and the experiments on
/// top.
public enum Stage: String, Codable, Sendable, CaseIterable {
    /// Data construction, §2.1.
    case construct = "1-construct"
    /// Reasoning activation, §2.2.
    case activate = "2-activate"
    /// LLM-recommendation collaboration, §2.3.
    case collaborate = "3-collaborate"
    /// Online ranking, §2.4.
    case rank = "4-rank"
    /// The models side by side, §3.
    case evaluate
    /// Rankers with and without the features, placebos, and the A/B simulation.
    case experiment

    /// Its folder in a run.
    public var folder: String { rawValue }

    /// The command of `taiji` that does it.
    public var command: String {
        switch self {
        case .construct: "construct"
        case .activate: "activate"
        case .collaborate: "collaborate"
        case .rank: "rank"
        case .evaluate: "evaluate"
        case .experiment: "run"
        }
    }

    /// What it does, for a heading.
    public var title: String {
        switch self {
        case .construct: "1 construct: users, prompts and the teacher's reasoning (§2.1)"
        case .activate: "2 activate: rejection sampling and fine-tuning (§2.2)"
        case .collaborate: "3 collaborate: simulation and policy optimization (§2.3)"
        case .rank: "4 rank: codes, similar users and the enhanced ranker (§2.4)"
        case .evaluate: "evaluate: the models side by side (§3)"
        case .experiment: "experiment: feature groups, placebos and the A/B simulation (§3)"
        }
    }
}
