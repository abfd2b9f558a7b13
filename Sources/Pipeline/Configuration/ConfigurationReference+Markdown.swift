extension ConfigurationReference {
    /// The reference as Markdown, a heading per section.
    public var markdown: String {
        """
        # Configuration

        Every setting with its default, range, value in the paper where it has one, and what changing it does.
        A YAML file names what differs from the defaults (`--config FILE`); `--set path=value` overrides the
        file. Unknown keys are errors. `taiji config` prints all settings as a commented file, and
        `taiji config --explain PATH` one of them. This page is made from the declarations in
        `Sources/Pipeline/Configuration` by `taiji config --markdown`; a test holds the two equal.

        Whole numbers are at most \(CountRange.limit) unless their range says otherwise. No number may be
        NaN or infinite.

        ## Top level


        """ + paragraphs.joined()
    }

    /// The entries as Markdown. A section whose settings are those of an earlier one, down to their defaults,
    /// refers to it.
    private var paragraphs: [String] {
        var sections: [[String]: String] = [:]
        var skipped = ""
        return entries.compactMap { entry in
            if !skipped.isEmpty, entry.path.hasPrefix(skipped) { return nil }
            skipped = ""
            guard entry.isSection else { return Self.markdown(entry) }
            let inside = entry.path + "."
            let settings = entries.filter { $0.path.hasPrefix(inside) }.map {
                "\($0.path.dropFirst(inside.count)) = \($0.defaultValue): \($0.summary)"
            }
            guard let earlier = sections[settings], !settings.isEmpty else {
                sections[settings] = entry.path
                return Self.markdown(entry)
            }
            skipped = inside
            return Self.markdown(entry) + "Its settings are those of `\(earlier)`, under this path.\n"
        }
    }

    private static func markdown(_ entry: SettingEntry) -> String {
        if entry.isSection {
            return "\n## `\(entry.path)`\n\n"
                + entry.summary.wrapped(to: 118).map { $0 + "\n" }.joined() + "\n"
        }
        var text = "`\(entry.path)` = `\(entry.defaultValue)`. \(entry.summary) \(rangeAndPaper(entry))"
        if !entry.effect.isEmpty { text += " *\(effectLabel(entry)):* \(entry.effect)" }
        let choices = entry.choices.flatMap {
            "`\($0.value)`: \($0.meaning)".wrapped(to: 114).asListItem.map { "  \($0)" }
        }
        return (text.wrapped(to: 116).asListItem + choices).map { $0 + "\n" }.joined()
    }
}
