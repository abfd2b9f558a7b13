import Foundation
import Pipeline
import TestSupport
import Testing

@Suite("The reference of all settings") struct ConfigurationReferenceTests {
    private let reference = ConfigurationReference()

    @Test("declares every setting exactly once, with its default, a summary, a range and an effect")
    func everySettingIsDeclaredOnce() throws {
        let defaults = try Self.leaves(JSONEncoder().encode(TaijiConfiguration()))
        let declared = reference.entries.filter { !$0.isSection }
        #expect(declared.map(\.path).sorted() == defaults.keys.sorted())
        for entry in reference.entries {
            #expect(entry.summary.hasSuffix("."), "\(entry.path)")
            #expect(entry.isSection == entry.allowed.isEmpty, "\(entry.path)")
            #expect(entry.isSection || entry.effect.hasSuffix("."), "\(entry.path)")
        }
    }

    /// The leaves of an encoded configuration by path, found without the declarations. An empty section is a
    /// leaf.
    private static func leaves(_ data: Data) throws -> [String: JSONValue] {
        var found: [String: JSONValue] = [:]
        func visit(_ path: String, _ value: JSONValue) {
            guard case .object(let fields) = value, !fields.isEmpty else {
                found[path] = value
                return
            }
            for (key, inner) in fields { visit(path.isEmpty ? key : "\(path).\(key)", inner) }
        }
        visit("", try JSONDecoder().decode(JSONValue.self, from: data))
        return found
    }

    @Test("each path changes the setting that it names and no other") func everyPathIsItsOwnSetting() throws {
        let defaults = try TaijiConfiguration().settings(under: [""])
        for entry in reference.entries where entry.kind == .flag || entry.range != nil {
            let isList = entry.kind == .wholeNumbers || entry.kind == .numbers
            for value in isList ? ["[1]", "[1, 1]"] : ["true", "false", "1", "3", "0.5"] {
                guard
                    let changed = try? ConfigurationReader.read(nil, settings: ["\(entry.path)=\(value)"])
                else { continue }
                let different = try changed.settings(under: [""]).filter { defaults[$0.key] != $0.value }
                #expect(different.isEmpty || Array(different.keys) == [entry.path], "\(entry.path)=\(value)")
            }
        }
    }

    @Test("shows a section's own settings before the sections below it") func sectionsComeLast() {
        for section in [""] + reference.entries.filter(\.isSection).map({ "\($0.path)." }) {
            let own = reference.entries.filter {
                $0.path.hasPrefix(section) && !$0.path.dropFirst(section.count).contains(".")
            }
            #expect(
                !own.isEmpty && own == own.filter { !$0.isSection } + own.filter(\.isSection), "\(section)")
        }
    }

    @Test("has the paper's values, which Configs/paper.yaml sets") func thePapersValues() throws {
        let file = PackageFolder.root.appending(path: "Configs/paper.yaml")
        let paper = try ConfigurationReader.read(file).settings(under: [""])
        let defaults = try TaijiConfiguration().settings(under: [""])
        var withValue: Set<String> = []
        for entry in reference.entries {
            guard let value = entry.paper?.value else { continue }
            withValue.insert(entry.path)
            if entry.kind == .text { continue }  // Models, which are not bundled.
            // One value alone may not fit the others' defaults, so the file is read with it.
            let read = try ConfigurationReader.read(file, settings: ["\(entry.path)=\(value)"])
            #expect(try read.settings(under: [""]) == paper, "\(entry.path): \(value)")
        }
        #expect(withValue.count > 20)
        let changed = paper.keys.filter { paper[$0] != defaults[$0] }
        #expect(changed.allSatisfy(withValue.contains), "\(changed.filter { !withValue.contains($0) })")
    }

    @Test("written as YAML, it reads back as exactly the defaults") func yamlReadsBackAsTheDefaults() throws {
        try withTemporaryFolder { folder in
            let file = folder.appending(path: "all.yaml")
            try Data(reference.yaml().utf8).write(to: file)
            #expect(try ConfigurationReader.read(file) == TaijiConfiguration())
        }
    }

    @Test("written with other values, it marks what differs and reads back unchanged")
    func changedValuesAreMarked()
        throws
    {
        var configuration = TaijiConfiguration()
        configuration.construct.users = 999
        configuration.evaluate.hitRateDepths = [5]
        configuration.model = "models/a b.gguf"
        configuration.features.numeric = ["price": "1, 2"]
        let yaml = try reference.yaml(configuration)
        #expect(yaml.contains("users: 999  # default: 240"))
        #expect(yaml.split(separator: "\n").count { $0.contains("# default:") } == 4)
        #expect(try !reference.yaml().contains("# default:"))
        try withTemporaryFolder { folder in
            let file = folder.appending(path: "all.yaml")
            try Data(yaml.utf8).write(to: file)
            #expect(try ConfigurationReader.read(file) == configuration)
        }
    }

    @Test("Docs/Configuration.md is the reference as Markdown; `taiji config --markdown` writes it")
    func theDocumentIsTheReference() throws {
        let file = PackageFolder.root.appending(path: "Docs/Configuration.md")
        #expect(try String(contentsOf: file, encoding: .utf8) == reference.markdown)
    }

    @Test("has every setting below the heading of its section, or of an earlier one that it refers to")
    func headingsFit() throws {
        var heading = ""
        var found: [Substring: String] = [:]
        var references: [String: Substring] = [:]
        for line in reference.markdown.split(separator: "\n") {
            if let section = line.firstMatch(of: #/^## `(.+)`$/#) { heading = "\(section.1)." }
            if let setting = line.firstMatch(of: #/^- `([^`]+)` = /#) { found[setting.1] = heading }
            if let earlier = line.firstMatch(of: #/^Its settings are those of `(.+)`, under/#) {
                references[heading] = earlier.1
            }
            #expect(line.count <= 120, "\(line)")
        }
        #expect(references["rank.ranker."] == "collaborate.rewardRanker")
        for entry in reference.entries where !entry.isSection && found[entry.path[...]] == nil {
            let reference = try #require(references.first { entry.path.hasPrefix($0.key) }, "\(entry.path)")
            #expect(found["\(reference.value).\(entry.path.dropFirst(reference.key.count))"] != nil)
        }
        for (path, heading) in found {
            let section = path.split(separator: ".").dropLast().map { "\($0)." }.joined()
            #expect(section == heading, "\(path)")
        }
    }

    @Test("explains a setting with its range, its value in the paper and what raising it does")
    func settingIsExplained() throws {
        #expect(
            try reference.explanation(of: "collaborate.groupSize") == """
                collaborate.groupSize: 4
                    G of Eq. (8): rollouts per prompt.
                    A whole number, 2 or more (rollouts per prompt). Paper: 4 (§3.1.3).
                    Raising it: Better estimates of advantages and fewer groups without signal; rollouts and
                    gradients take proportionally longer.

                """)
        #expect(
            try reference.explanation(of: "collaborate.klCoefficient").contains("Eq. (8), no value given"))
    }

    @Test("explains a section by its settings and their choices") func sectionIsExplained() throws {
        let section = try reference.explanation(of: "collaborate.weighting")
        #expect(section.hasPrefix("collaborate.weighting:\n"))
        #expect(section.contains("\ncollaborate.weighting.floor: 0.05\n"))
        #expect(section.contains("    - popo-light: Eq. (7), from reward statistics.\n"))
        #expect(!section.contains("collaborate.validation"))
    }

    @Test(
        "for a misspelt, bare or moved path it names the one that was probably meant",
        arguments: [
            ("colaborate.klCoeficient", "did you mean 'collaborate.klCoefficient'?"),
            ("groupsize", "did you mean 'collaborate.groupSize'?"),
            ("rank.epochs", "did you mean 'rank.ranker.epochs'?"),
            ("activate.weighting", "did you mean 'collaborate.weighting'?"),
            ("collaborate.weightin", "did you mean 'collaborate.weighting'?"),
            ("teacher.candidates", "this setting is 'construct.teacher.candidates' now"),
            ("", "--explain: unknown key ''"),
        ])
    func unknownPathNamesTheNearest(path: String, message: String) throws {
        let error = #expect(throws: ConfigurationError.self) { try reference.explanation(of: path) }
        #expect("\(try #require(error))".hasSuffix(message))
    }
}
