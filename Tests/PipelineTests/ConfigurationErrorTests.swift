import Foundation
import Pipeline
import TestSupport
import Testing

@Suite("Errors of a configuration") struct ConfigurationErrorTests {
    private func read(_ yaml: String, settings: [String] = []) throws -> TaijiConfiguration {
        try withTemporaryFolder { folder in
            let file = folder.appending(path: "run.yaml")
            try Data(yaml.utf8).write(to: file)
            return try ConfigurationReader.read(file, settings: settings)
        }
    }

    private func failure(_ yaml: String = "", settings: [String] = []) throws -> ConfigurationError {
        try #require(throws: ConfigurationError.self) { try read(yaml, settings: settings) }
    }

    @Test(
        "a value that is out of range, NaN or an unknown choice is refused with its file and line",
        arguments: [
            ("activate:\n  learningRate: .nan", "activate.learningRate"),
            ("activate:\n  learningRate: -.inf", "activate.learningRate"),
            ("activate:\n  epochs: .nan", "activate.epochs"),
            ("collaborate:\n  weighting:\n    initialWeights: [0.5, .nan]", "weighting.initialWeights.1"),
            ("features:\n  numeric: {price: '1, nan'}", "features.numeric.price"),
            ("construct:\n  users: 200\n  activateUsers: 0", "construct.activateUsers"),
            ("construct:\n  users: 200\n  testUsers: 150\n  activateUsers: 3", "construct.users"),
            ("collaborate:\n  klEstimator: k9", "collaborate.klEstimator"),
            ("collaborate:\n  rewards: [semantic, kindness]", "collaborate.rewards.1"),
        ])
    func refusedValueHasItsLine(yaml: String, key: String) throws {
        let message = "\(try failure(yaml))"
        let line = key == "construct.users" ? 2 : yaml.split(separator: "\n").count
        #expect(message.contains("run.yaml:\(line): '") && message.contains("\(key)' "), "\(message)")
        #expect(message.contains("expect"), "\(message)")
        #expect(!message.contains("EncodingError") && !message.contains("DecodingError"), "\(message)")
    }

    @Test("a later source adds to a section of free keys and changes its keys") func freeKeysAreMerged()
        throws
    {
        let found = try read(
            "features: {numeric: {price: '1, 2', size: '3'}}",
            settings: ["features.numeric.age=20, 40", "features.numeric.size=4"])
        #expect(found.features.numeric == ["price": "1, 2", "size": "4", "age": "20, 40"])
        #expect(
            "\(try failure("features: {numeric: {price: [1, 2]}}"))".hasSuffix(
                "'features.numeric.price' expects a text, found a list"))
    }

    @Test("the error for a moved setting names its current path") func movedSettingNamesItsPath() throws {
        #expect(
            "\(try failure("seed: 1\nteacher:\n  candidates: 2"))".hasSuffix(
                "run.yaml:2: unknown key 'teacher'; this setting is 'construct.teacher' now"))
        #expect(
            "\(try failure(settings: ["collaborate.ranker.epochs=2"]))".hasSuffix(
                "unknown key 'collaborate.ranker'; this setting is 'collaborate.rewardRanker' now"))
    }
}
