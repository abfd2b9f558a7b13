import Foundation

/// Every setting with its default, unit, range, section of the paper, and what changing it does; from the
/// declarations of the sections alone.
public struct ConfigurationReference: Sendable {
    /// Settings and sections, a section before what is in it.
    public let entries: [SettingEntry]

    /// All settings.
    public init() {
        let defaults = TaijiConfiguration()
        entries = TaijiConfiguration.settings.flatMap { $0.entries(defaults, "") }
    }

    /// All settings, made once.
    static let shared = ConfigurationReference()

    /// Settings and sections by path.
    static let byPath = Dictionary(shared.entries.map { ($0.path, $0) }) { first, _ in first }

    /// The settings as a commented YAML file, which `--config` reads.
    ///
    /// - Parameter configuration: whose values are shown; those that differ from the default say so.
    public func yaml(_ configuration: TaijiConfiguration = TaijiConfiguration()) throws -> String {
        let values = try configuration.settings(under: [""])
        let defaults = try TaijiConfiguration().settings(under: [""])
        let header = """
            # Every setting with its range, its value in the paper where it has one, and its value here.
            # A file for `--config` needs only what differs from the defaults.
            # `taiji config --explain PATH` says what changing a setting does.

            """
        return header + entries.map { Self.yaml($0, value: values[$0.path], of: defaults[$0.path]) }.joined()
    }

    private static func yaml(_ entry: SettingEntry, value: String?, of defaultValue: String?) -> String {
        let keys = entry.path.split(separator: ".")
        let indent = String(repeating: "  ", count: keys.count - 1)
        let name = keys.last ?? ""
        let width = 108 - indent.count
        var comment = plain(entry.summary).wrapped(to: width)
        switch entry.kind {
        case .section: break
        case .flag, .text, .choice: comment += (entry.paper?.text ?? "").wrapped(to: width)
        default: comment += rangeAndPaper(entry).wrapped(to: width)
        }
        comment += entry.choices.flatMap {
            plain("\($0.value): \($0.meaning)").wrapped(to: width - 2).asListItem
        }
        let lines = comment.map { "\(indent)# \($0)\n" }.joined()
        if entry.isSection { return "\n\(lines)\(indent)\(name):\n" }
        let isChanged = value != defaultValue
        let shown = isChanged ? value ?? entry.defaultValue : entry.defaultValue
        let note = isChanged ? "  # default: \(entry.defaultValue)" : ""
        return "\n\(lines)\(indent)\(name): \(shown)\(note)\n"
    }

    /// One setting in full, or a section with its settings.
    ///
    /// - Throws: `ConfigurationError.unknownKey` with the nearest path, or `movedKey` with the new one.
    public func explanation(of path: String) throws -> String {
        let found = entries.filter { $0.isWithin(path) }
        guard !found.isEmpty, !path.isEmpty else {
            if let now = MovedSettings.now(path) {
                throw ConfigurationError.movedKey(place: "--explain", key: path, now: now)
            }
            throw ConfigurationError.unknownKey(place: "--explain", key: path, nearest: nearestPath(path))
        }
        return found.map(Self.explanation).joined(separator: "\n")
    }

    /// A path that ends in the same name, in the same stage if there is one; else the one with the fewest
    /// edits.
    private func nearestPath(_ path: String) -> String? {
        let keys = path.lowercased().split(separator: ".")
        let alike = entries.map(\.path).filter {
            $0.lowercased().split(separator: ".").last == keys.last
        }
        return alike.first { $0.lowercased().split(separator: ".").first == keys.first } ?? alike.first
            ?? NearestKey.find(path, in: entries.map(\.path))
    }

    private static func explanation(_ entry: SettingEntry) -> String {
        let head = entry.isSection ? "\(entry.path):" : "\(entry.path): \(entry.defaultValue)"
        var lines = plain(entry.summary).wrapped(to: 96)
        if !entry.isSection {
            lines += plain(rangeAndPaper(entry)).wrapped(to: 96)
            lines += entry.choices.flatMap {
                plain("\($0.value): \($0.meaning)").wrapped(to: 92).asListItem
            }
            if !entry.effect.isEmpty {
                lines += plain("\(effectLabel(entry)): \(entry.effect)").wrapped(to: 96)
            }
        }
        return head + "\n" + lines.map { "    \($0)\n" }.joined()
    }

    /// What is allowed, in which unit, and where the paper has it, in sentences.
    static func rangeAndPaper(_ entry: SettingEntry) -> String {
        let allowed = entry.unit.isEmpty ? "\(entry.allowed)." : "\(entry.allowed) (\(entry.unit))."
        let sentence = allowed.prefix(1).uppercased() + allowed.dropFirst()
        return entry.paper.map { "\(sentence) \($0.text)" } ?? sentence
    }

    /// What the description of an effect is about: a number is raised, anything else is changed.
    static func effectLabel(_ entry: SettingEntry) -> String {
        entry.kind == .wholeNumber || entry.kind == .number ? "Raising it" : "Effect"
    }

    /// Without Markdown's marks for code.
    private static func plain(_ text: String) -> String { text.replacing("`", with: "") }
}

extension String {
    /// Lines of at most `width` characters, broken between words.
    func wrapped(to width: Int) -> [String] {
        var lines: [String] = []
        for word in split(separator: " ") {
            if let last = lines.last, last.count + 1 + word.count <= width {
                lines[lines.count - 1] = "\(last) \(word)"
            } else {
                lines.append(String(word))
            }
        }
        return lines
    }
}

extension [String] {
    /// The lines as one item of a list.
    var asListItem: [String] { enumerated().map { ($0 == 0 ? "- " : "  ") + $1 } }
}
