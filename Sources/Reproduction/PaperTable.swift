/// What `taiji experiment` can make.
public enum PaperTable: String, Sendable, CaseIterable {
    /// Table 1: answers of the base, fine-tuned and aligned models.
    case table1
    /// Table 2: the A/B simulation.
    case table2
    /// Table 3: with and without RUPR.
    case table3
    /// Table 4: fixed weights, POPO-light, POPO; and GDPO.
    case table4
    /// A sweep of fixed weights beside POPO and POPO-light, with the front and its hypervolume.
    case sweep
    /// Figure 2: a user's chains of thought with their perplexities.
    case figure2
    /// What else was tried, on the first seed: rate, steps, reward scaling, history, prompt. Only where it is
    /// asked for by name.
    case variations

    /// What `taiji experiment` makes without a name.
    public static let standard = allCases.filter { $0 != .variations }
}
