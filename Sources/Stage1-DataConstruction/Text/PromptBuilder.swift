import Pipeline

/// The query with profile and history, and the same with the true next item revealed (RUPR), §2.1.2.
///
/// The model that reads this has 135 M parameters: instructions are short, they come after what they are
/// about, and the form of the output is shown.
enum PromptBuilder {
    /// The plain prompt: what the model sees in training and in use.
    ///
    /// - Parameter request: what is asked.
    static func plain(profile: String, history: [Item], request: String) -> String {
        """
        \(state(profile, history))
        \(request)
        \(AnswerFormat.thinkStart)reasoning\(AnswerFormat.thinkEnd)
        \(AnswerFormat.answerStart)Item title: ...; Category L1: ...; Category L2: ...; Category L3: ...\
        \(AnswerFormat.answerEnd)
        """
    }

    /// The RUPR prompt: the teacher is shown the item and asked for the reasoning that leads to it.
    static func revealing(profile: String, history: [Item], target: Item) -> String {
        """
        \(state(profile, history))
        Bought next:
        \(AnswerFormat.render(target))
        In two sentences, reason from the profile and the purchases to what this shopper needs next. The \
        reasoning \
        must lead to the item above, as if you did not know it yet.
        """
    }

    private static func state(_ profile: String, _ history: [Item]) -> String {
        """
        You are a shopping analyst.
        Shopper: \(profile)
        Purchases, newest first:
        \(HistoryText.render(history))
        """
    }
}
