import Foundation
import Pipeline
import Testing

/// The settings that enter the fingerprint of a step.
@Suite("Settings under paths") struct SettingsUnderPathsTests {
    private let defaults = TaijiConfiguration()

    @Test("are all settings of a section, one setting alone, or everything") func pathsSelectSettings() throws
    {
        #expect(
            try defaults.settings(under: ["construct.windows", "seed"]) == [
                "construct.windows.languageModel": "\"60%\"", "construct.windows.rankerTraining": "\"75%\"",
                "construct.windows.test": "\"90%\"", "construct.windows.end": "\"\"", "seed": "7",
            ])
        let all = try defaults.settings(under: [""])
        #expect(all["rank.codes.bits"] == "4" && all["model"] == "\"smollm2\"" && all.count > 120)
        #expect(try defaults.settings(under: []) == [:])
    }

    @Test("leave out excluded settings and sections") func excludedPathsAreLeftOut()
        throws
    {
        let found = try defaults.settings(under: ["rank"], without: ["rank.ranker", "rank.codes.bits"])
        #expect(found.keys.allSatisfy { !$0.hasPrefix("rank.ranker.") })
        #expect(found["rank.codes.bits"] == nil && found["rank.codes.rotates"] == "false")
        #expect(found["rank.codes.subQuantizers"] == "8")
    }

    @Test("treat lists and sections of free keys as one value, written as compact JSON with sorted keys")
    func listsAndFreeKeysAreOneValue() throws {
        var configuration = defaults
        configuration.features.numeric = ["b": "2", "a/c": "1, 2"]
        #expect(
            try configuration.settings(under: ["features", "experiment.seeds"]) == [
                "features.without": "[]", "features.multiValued": "{}",
                "features.numeric": #"{"a/c":"1, 2","b":"2"}"#, "experiment.seeds": "[7,8,9]",
            ])
    }

    @Test("are refused for a path that names no setting, also an excluded one") func unknownPathsAreRefused()
    {
        #expect(throws: ConfigurationError.invalid(key: "construct.user", message: "is not a setting")) {
            try defaults.settings(under: ["construct.user"])
        }
        #expect(throws: ConfigurationError.invalid(key: "rank.rankers", message: "is not a setting")) {
            try defaults.settings(under: ["rank"], without: ["rank.rankers"])
        }
    }
}
