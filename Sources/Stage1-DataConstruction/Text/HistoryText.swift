import Pipeline

/// The behaviour sequence as text, §2.1.1: one line a purchase, newest first, in the form of an answer.
enum HistoryText {
    static func render(_ history: [Item]) -> String {
        history.map(AnswerFormat.render).joined(separator: "\n")
    }
}
