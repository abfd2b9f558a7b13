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


        """ + entries.map(Self.markdown).joined()
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
