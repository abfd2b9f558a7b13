import Foundation
import Pipeline
import TestSupport
import Testing

@Suite("The reference of all settings") struct ConfigurationReferenceTests {
    private let reference = ConfigurationReference()

    @Test("declares every setting exactly once, with a summary, a range and an effect")
    func everySettingIsDeclaredOnce() throws {
        let leaves = try TaijiConfiguration().settings(under: [""]).keys.sorted()
        let declared = reference.entries.filter { !$0.isSection }
        #expect(declared.map(\.path).sorted() == leaves)
        for entry in reference.entries {
            #expect(!entry.summary.isEmpty, "\(entry.path)")
            #expect(entry.isSection || !entry.allowed.isEmpty, "\(entry.path)")
        }
        let silent = declared.filter { $0.effect.isEmpty && $0.choices.isEmpty }.map(\.path)
        #expect(silent == ["construct.source.folder", "construct.source.script"])
    }

    @Test("as YAML it is read back as exactly the defaults") func yamlIsReadBackAsTheDefaults() throws {
        try withTemporaryFolder { folder in
            let file = folder.appending(path: "all.yaml")
            try Data(reference.yaml().utf8).write(to: file)
            #expect(try ConfigurationReader.read(file) == TaijiConfiguration())
        }
    }

    @Test("of other values it says what differs, and is read back as them") func changedValuesAreMarked()
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

    @Test("explains a setting, a section, and what a misspelt path may have meant") func explanations() throws
    {
        let one = try reference.explanation(of: "collaborate.klCoefficient")
        #expect(one.hasPrefix("collaborate.klCoefficient: 0.04\n") && one.contains("0 or more"))
        #expect(one.contains("Effect: "))
        let section = try reference.explanation(of: "collaborate.weighting")
        #expect(
            section.contains("collaborate.weighting.floor: 0.05") && section.contains("popo-light: Eq. (7)"))
        let error = #expect(throws: ConfigurationError.self) {
            _ = try reference.explanation(of: "colaborate.klCoeficient")
        }
        #expect("\(try #require(error))".contains("did you mean 'collaborate.klCoefficient'?"))
    }
}

@Suite("Ranges of all settings") struct SettingRangeTests {
    /// Values that some setting might refuse.
    private static let wrong = ["-1", "0", "1.5", "7", "-0.5", "100000000"]

    @Test("every number that is out of range is refused by its path, and NaN and infinity always are")
    func everyNumberOutOfRangeIsRefused() throws {
        var refusals = 0
        for entry in ConfigurationReference().entries where entry.allowed.contains("number") {
            let isList = entry.allowed.hasPrefix("a list")
            for value in Self.wrong + [".nan", ".inf", "-.inf"] {
                let setting = "\(entry.path)=\(isList ? "[\(value)]" : value)"
                do {
                    _ = try ConfigurationReader.read(nil, settings: [setting])
                    #expect(value.contains("nan") == false && value.contains("inf") == false, "\(setting)")
                } catch {
                    refusals += 1
                    let path = "\(error)"
                    // Rules between settings may name the partner.
                    let section = entry.path.split(separator: ".").dropLast().joined(separator: ".")
                    #expect(path.contains(entry.path) || path.contains(section), "\(setting): \(error)")
                }
            }
            let refused = Self.wrong.contains { value in
                let setting = "\(entry.path)=\(isList ? "[\(value)]" : value)"
                return (try? ConfigurationReader.read(nil, settings: [setting])) == nil
            }
            #expect(refused, "\(entry.path) takes -1, 0, 1.5, 7, -0.5 and 100000000")
        }
        #expect(refusals > 300)
    }

    @Test(
        "faults that earlier versions met in the middle of a run are found before it",
        arguments: [
            "construct.teacher.batchSize=0", "rank.batchSize=0", "evaluate.batchSize=-1",
            "activate.checkpointInterval=0", "activate.epochs=0", "evaluate.hitRateDepths=[0]",
            "evaluate.hitRateDepths=[]", "construct.impressionRate=7", "construct.impressionRate=0",
            "activate.learningRate=.nan", "construct.users=-4", "construct.weeks.test=30",
            "collaborate.weighting.initialWeights=[0, 1]", "collaborate.adapters={rank: 2, targets: []}",
            "construct.testUsers=5000",
        ])
    func faultsAreFoundBeforeARun(setting: String) throws {
        let error = try #require(throws: ConfigurationError.self) {
            try ConfigurationReader.read(nil, settings: [setting])
        }
        let key = try #require(setting.split(separator: "=").first)
        let section = key.split(separator: ".").first.map(String.init) ?? ""
        #expect("\(error)".contains(section) && "\(error)".contains("expect"), "\(error)")
    }

    @Test("a fixed weight may be 0, but not all of them") func aFixedWeightMayBe0() throws {
        let fixed = "collaborate.weighting.method=fixed"
        let weights = { (values: String) in "collaborate.weighting.initialWeights=\(values)" }
        #expect(throws: Never.self) {
            try ConfigurationReader.read(nil, settings: [fixed, weights("[0, 1]")])
        }
        #expect(throws: ConfigurationError.self) {
            try ConfigurationReader.read(nil, settings: [fixed, weights("[0, 0]")])
        }
    }

    @Test("a setting that moved says where it is now", arguments: ["teacher", "collaborate.ranker"])
    func aSettingThatMovedSaysWhereItIs(old: String) throws {
        let error = try #require(throws: ConfigurationError.self) {
            try ConfigurationReader.read(nil, settings: ["\(old)={}"])
        }
        let new = old == "teacher" ? "construct.teacher" : "collaborate.rewardRanker"
        #expect("\(error)".contains("unknown key '\(old)'; did you mean '\(new)'?"))
    }
}
