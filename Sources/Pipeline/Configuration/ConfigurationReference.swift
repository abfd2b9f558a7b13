import Foundation

/// Every setting with its default, unit, range, section of the paper, and what changing it does; from the
/// declarations of the sections alone.
public struct ConfigurationReference: Sendable {
    /// Settings and sections, a section before what is in it.
    public let entries: [SettingEntry]

    /// All settings.
    public init() { entries = TaijiConfiguration.entries("") }

    /// The settings as a commented YAML file, which `--config` reads.
    ///
    /// - Parameter configuration: whose values are shown; those that differ from the default say so.
    public func yaml(_ configuration: TaijiConfiguration = TaijiConfiguration()) throws -> String {
        let values = try configuration.settings(under: [""])
        let defaults = try TaijiConfiguration().settings(under: [""])
        return entries.map { entry in
            let depth = entry.path.split(separator: ".").count - 1
            let indent = String(repeating: "  ", count: depth)
            let name = entry.path.split(separator: ".").last ?? ""
            let comment = Self.wrapped(Self.plain(entry.summary), to: 100 - indent.count)
                .map { "\(indent)# \($0)\n" }.joined()
            if entry.isSection { return "\n\(comment)\(indent)\(name):\n" }
            let isChanged = values[entry.path] != defaults[entry.path]
            let value = isChanged ? values[entry.path] ?? entry.defaultValue : entry.defaultValue
            let note = isChanged ? "  # default: \(entry.defaultValue)" : ""
            return "\(comment)\(indent)\(name): \(value)\(note)\n"
        }.joined()
    }

    /// One setting in full, or a section with its settings.
    ///
    /// - Throws: `ConfigurationError.unknownKey` with the nearest path.
    public func explanation(of path: String) throws -> String {
        let found = entries.filter { $0.path == path || $0.path.hasPrefix("\(path).") }
        guard !found.isEmpty else {
            throw ConfigurationError.unknownKey(
                place: "--explain", key: path, nearest: NearestKey.find(path, in: entries.map(\.path)))
        }
        return found.map(Self.text).joined(separator: "\n")
    }

    /// The reference as Markdown, a heading per section.
    public var markdown: String {
        """
        # Configuration

        Every setting with its default. A YAML file names what differs (`--config FILE`); `--set \
        path=value` overrides
        the file. Unknown keys are errors. `taiji config` prints all of this as a commented file, and
        `taiji config --explain PATH` one setting. This page is made from the declarations in
        `Sources/Pipeline/Configuration` by `taiji config --markdown`; a test holds the two equal.

        ## Top level

        """ + entries.map(Self.markdown).joined()
    }

    private static func text(_ entry: SettingEntry) -> String {
        let head = entry.isSection ? "\(entry.path):" : "\(entry.path): \(entry.defaultValue)"
        var lines = wrapped(plain(entry.summary), to: 96)
        if !entry.isSection {
            lines += wrapped(allowedText(entry), to: 96)
            lines += entry.choices.flatMap { wrapped("\($0.value): \(plain($0.meaning))", to: 92).indented }
            if !entry.effect.isEmpty { lines += wrapped("Effect: \(plain(entry.effect))", to: 96) }
        }
        return head + "\n" + lines.map { "    \($0)\n" }.joined()
    }

    private static func markdown(_ entry: SettingEntry) -> String {
        if entry.isSection {
            return "\n## `\(entry.path)`\n\n" + wrapped(entry.summary, to: 118).joined(separator: "\n")
                + "\n\n"
        }
        var text =
            "`\(entry.path)` = `\(entry.defaultValue)`. \(entry.summary) Allowed: \(allowedText(entry))"
        if !entry.effect.isEmpty { text += " *Effect:* \(entry.effect)" }
        let lines = wrapped(text, to: 116)
        let choices = entry.choices.flatMap { choice -> [String] in
            wrapped("`\(choice.value)`: \(choice.meaning)", to: 112).enumerated()
                .map { ($0 == 0 ? "  - " : "    ") + $1 }
        }
        return lines.enumerated().map { ($0 == 0 ? "- " : "  ") + $1 + "\n" }.joined()
            + choices.map { $0 + "\n" }.joined()
    }

    private static func allowedText(_ entry: SettingEntry) -> String {
        entry.unit.isEmpty ? "\(entry.allowed)." : "\(entry.allowed) (\(entry.unit))."
    }

    /// Without Markdown's marks for code.
    private static func plain(_ text: String) -> String { text.replacing("`", with: "") }

    /// Lines of at most `width` characters, broken between words.
    private static func wrapped(_ text: String, to width: Int) -> [String] {
        var lines: [String] = []
        for word in text.split(separator: " ") {
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
    fileprivate var indented: [String] { enumerated().map { ($0 == 0 ? "- " : "  ") + $1 } }
}
