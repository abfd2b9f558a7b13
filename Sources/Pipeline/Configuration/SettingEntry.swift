/// One setting, or one section, as the reference shows it.
public struct SettingEntry: Sendable, Equatable {
    /// What kind of value a setting takes.
    public enum Kind: Sendable, Equatable {
        case section, wholeNumber, number, flag, text, choice, wholeNumbers, numbers, texts, choices, map

        /// The kind in a user's words.
        var words: String {
            switch self {
            case .section, .map: "a section of keys"
            case .wholeNumber: "a whole number"
            case .number: "a number"
            case .flag: "true or false"
            case .text, .choice: "a text"
            case .wholeNumbers, .numbers, .texts, .choices: "a list"
            }
        }

        /// The kind of a list's elements; nil for what is not a list.
        var element: Kind? {
            switch self {
            case .wholeNumbers: .wholeNumber
            case .numbers: .number
            case .texts: .text
            case .choices: .choice
            default: nil
            }
        }
    }

    /// Its path, such as `collaborate.klCoefficient`.
    public var path: String
    /// What kind of value it takes.
    public var kind: Kind
    /// What it is for.
    public var summary: String
    /// Kind of value and allowed range in words; empty for a section.
    public var allowed = ""
    /// The allowed range of a number, or of each number in a list.
    public var range: NumberRange?
    /// What is counted or measured; empty for a plain number or text.
    public var unit = ""
    /// Where the paper has it, and its value there.
    public var paper: PaperSource?
    /// The default as YAML; empty for a section.
    public var defaultValue = ""
    /// What raising it, or changing it, does.
    public var effect = ""
    /// Meaning of each choice.
    public var choices: [Choice] = []

    /// One of the values that a setting may have.
    public struct Choice: Sendable, Equatable {
        /// As the file has it.
        public var value: String
        /// What it means.
        public var meaning: String
    }

    /// Whether it is a section of settings.
    public var isSection: Bool { kind == .section }
}

/// Where the paper speaks of a setting.
public struct PaperSource: Sendable, Equatable {
    /// The section or equation, such as `§3.1.3`.
    public var section: String
    /// The paper's value as YAML; nil where the paper gives none.
    public var value: String?

    /// A place in the paper.
    static func at(_ section: String, value: String? = nil) -> PaperSource {
        PaperSource(section: section, value: value)
    }

    /// The source as a sentence.
    var text: String { value.map { "Paper: \($0) (\(section))." } ?? "Paper: \(section), no value given." }
}
