import Pipeline

/// One thing changed of the run that aligns with POPO: what was tried where alignment gains nothing.
enum Variation: String, CaseIterable {
    /// Policy optimization at four times the learning rate.
    case higherRate
    /// Three times the steps of policy optimization.
    case moreSteps
    /// Advantages that are not divided by the standard deviation of their group (Liu et al., 2025).
    case unscaledAdvantages
    /// Advantages of each reward are mixed, so that the two have the same scale within a group.
    case mixedAdvantages
    /// Twice the purchases in a prompt, from construction on.
    case longerHistory
    /// Another request at the end of the prompt, from construction on.
    case otherRequest

    /// As a table's row.
    var name: String {
        switch self {
        case .higherRate: "learning rate × 4"
        case .moreSteps: "steps × 3"
        case .unscaledAdvantages: "advantages not scaled"
        case .mixedAdvantages: "advantages mixed, not rewards"
        case .longerHistory: "history × 2"
        case .otherRequest: "another request in the prompt"
        }
    }

    /// The request of `otherRequest`: no word of it can be repeated as a chain of thought.
    static let request =
        "Which item does this user choose next? First a short reason that names two items of the history, "
        + "then the item:"

    /// Changes the settings.
    func apply(to configuration: inout TaijiConfiguration) {
        switch self {
        case .higherRate: configuration.collaborate.learningRate *= 4
        case .moreSteps: configuration.collaborate.steps *= 3
        case .unscaledAdvantages: configuration.collaborate.advantageScale = .none
        case .mixedAdvantages: configuration.collaborate.mixing = .advantages
        case .longerHistory: configuration.construct.historyLength *= 2
        case .otherRequest: configuration.construct.prompt.request = Self.request
        }
    }
}
