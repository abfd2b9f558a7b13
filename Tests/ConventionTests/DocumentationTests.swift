import Testing

/// The files and commands that documents name exist.
@Suite struct DocumentationTests {
    static let documents = [
        "README.md", "Docs/Decisions.md", "Docs/Glossary.md", "Docs/Guide.md",
        "Docs/PaperMap.md", "Docs/Walks.md",
    ]

    @Test("Every path that a document names exists", arguments: documents)
    func pathsExist(document: String) throws {
        let paths = Self.paths(in: try SourceTree.text(document))
        #expect(!paths.isEmpty, "\(document) names no file of this package")
        for path in paths {
            #expect(SourceTree.holds(path), "\(document) names \(path), which does not exist")
        }
    }

    @Test(
        "Every command that README and guide run has its file in Sources/taiji",
        arguments: ["README.md", "Docs/Guide.md"])
    func commandsExist(document: String) throws {
        let commands = Self.commands(in: try SourceTree.text(document))
        #expect(!commands.isEmpty, "\(document) runs no `taiji` command")
        for command in commands {
            let words = command.split(separator: "-").map { $0.prefix(1).uppercased() + $0.dropFirst() }
            let file = "Sources/taiji/\(words.joined())Command.swift"
            #expect(SourceTree.holds(file), "\(document) runs `taiji \(command)`, and there is no \(file)")
        }
    }

    @Test(
        "Every setting that the guide names is one",
        arguments: ["Docs/Glossary.md", "Docs/Guide.md", "Docs/PaperMap.md"])
    func settingsExist(document: String) throws {
        let reference = try SourceTree.text("Docs/Configuration.md")
        let settings = Self.settings(in: try SourceTree.text(document))
        #expect(!settings.isEmpty, "\(document) names no setting")
        for setting in settings {
            let names =
                [setting]
                + Self.sameSections(in: reference).compactMap { section, earlier in
                    setting.hasPrefix(section + ".") ? earlier + setting.dropFirst(section.count) : nil
                }
            let isKnown = names.contains { name in
                reference.contains("- `\(name)` =") || reference.contains("## `\(name)`")
            }
            #expect(isKnown, "\(document) names \(setting), which is no setting")
        }
    }

    /// Sections of the reference that refer to an earlier one for their settings, and that one.
    private static func sameSections(in reference: String) -> [(section: String, earlier: String)] {
        var heading = ""
        return reference.split(separator: "\n").compactMap { line in
            if let section = line.firstMatch(of: #/^## `(.+)`$/#) { heading = String(section.1) }
            return line.firstMatch(of: #/^Its settings are those of `(.+)`, under/#).map {
                (heading, String($0.1))
            }
        }
    }

    @Test("Paths and commands are found in prose, tables and code")
    func textIsRead() {
        let text = """
            | Eq. (1) | `Sources/A/B.swift`, `Tests/ATests` | see [map](../Docs/PaperMap.md). Under \
            runs/demo and
            Configs/demo.yaml. Not a path: Sources/*/x or and/or.
            ```
            $ echo '{}' | .build/release/taiji score --model smollm2
            taiji --help
            taiji rank-file --run runs/demo
            Sources/*/taiji the commands
            ```
            prose about taiji serve
            """
        let paths = ["Sources/A/B.swift", "Tests/ATests", "Docs/PaperMap.md", "Configs/demo.yaml"]
        #expect(Self.paths(in: text) == paths)
        #expect(Self.commands(in: text) == ["score", "rank-file"])
    }

    /// Relative paths into the folders that git tracks, in the order of the text; those with a wild card are
    /// left out.
    static func paths(in text: String) -> [String] {
        let folders: Set<Substring> = [
            "Benchmarks", "Configs", "Docs", "Reference", "Scripts", "Sources", "Tests",
        ]
        return text.split { !($0.isLetter || $0.isNumber || "/._-+*…".contains($0)) }.compactMap { token in
            guard !token.contains("*"), !token.contains("…") else { return nil }
            var parts = token.split(separator: "/").drop { $0 == ".." || $0 == "." }
            while let last = parts.last, last.hasSuffix(".") { parts[parts.endIndex - 1] = last.dropLast() }
            guard parts.count > 1, let first = parts.first, folders.contains(first) else { return nil }
            return parts.joined(separator: "/")
        }
    }

    /// What stands in backquotes and begins with a stage's section and a dot.
    static func settings(in text: String) -> [String] {
        let sections: Set<Substring> = [
            "construct", "activate", "collaborate", "rank", "evaluate", "experiment",
        ]
        return text.split(separator: "`").filter { quoted in
            let parts = quoted.split(separator: ".", omittingEmptySubsequences: false)
            return parts.count > 1 && sections.contains(parts[0])
                && parts.allSatisfy { !$0.isEmpty && $0.allSatisfy(\.isLetter) }
        }.map(String.init)
    }

    /// The word after `taiji` in the lines of fenced code.
    static func commands(in text: String) -> [String] {
        var isCode = false
        return text.split(separator: "\n").flatMap { line -> [String] in
            if line.hasPrefix("```") { isCode.toggle() }
            // The tree of folders names the program's folder, which is no command line.
            guard isCode, !line.hasPrefix("Sources/") else { return [] }
            let words = line.split(whereSeparator: \.isWhitespace)
            return zip(words, words.dropFirst()).compactMap { program, command in
                let isProgram = program == "taiji" || program.hasSuffix("/taiji")
                let isName =
                    command.first?.isLetter == true && command.allSatisfy { $0.isLetter || $0 == "-" }
                return isProgram && isName ? String(command) : nil
            }
        }
    }
}
