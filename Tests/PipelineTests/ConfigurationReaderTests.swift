import Foundation
import Pipeline
import TestSupport
import Testing

@Suite struct ConfigurationReaderTests {
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

    @Test("an empty file and no file both give the defaults") func emptyFileGivesTheDefaults() throws {
        #expect(try read("") == TaijiConfiguration())
        #expect(try read("# nothing\n") == TaijiConfiguration())
        #expect(try ConfigurationReader.read(nil) == TaijiConfiguration())
    }

    @Test("a feature schema is read, and an invalid one is refused by key") func featureSchema() throws {
        let found = try read(
            """
            features:
              without: [weekday]
              numeric: {price: "1, 2.5 10"}
              multiValued: {clubs: "|"}
            """
        ).features
        #expect(found.without == ["weekday"] && found.edges(of: "price") == [1, 2.5, 10])
        #expect(found.multiValued == ["clubs": "|"] && found.edges(of: "clubs") == nil)
        for (wrong, key) in [
            ("numeric: {price: '2, 1'}", "features.numeric.price"),
            ("numeric: {price: cheap}", "features.numeric.price"),
            ("numeric: {price: ''}", "features.numeric.price"),
            ("multiValued: {clubs: ''}", "features.multiValued.clubs"),
            ("{numeric: {size: '1'}, multiValued: {size: ','}}", "features.multiValued.size"),
            ("{without: [size], numeric: {size: '1'}}", "features.without"),
        ] {
            let error = try failure("features:\n  \(wrong)")
            #expect("\(error)".contains(key), "\(wrong): \(error)")
        }
        #expect(throws: ConfigurationError.self) { try read("rank: {calibration: platt}") }
        #expect(throws: ConfigurationError.self) {
            try read("rank: {codes: {quantizer: residual, rotates: true}}")
        }
        #expect(
            try read("rank: {calibration: platt, ranker: {validationShare: 0.1}}").rank.calibration == .platt)
    }

    @Test("a file changes only the settings that it names") func fileChangesOnlyItsSettings() throws {
        var expected = TaijiConfiguration()
        expected.seed = 11
        expected.model = "models/other.gguf"
        expected.collaborate.weighting.method = .popoLight
        expected.collaborate.weighting.initialWeights = [0.25, 0.75]
        expected.collaborate.klCoefficient = 1
        expected.activate.excludesLeaks.toggle()
        let found = try read(
            """
            seed: 11
            model: models/other.gguf
            collaborate:
              klCoefficient: 1        # a whole number for a real setting
              weighting:
                method: popo-light
                initialWeights: [0.25, 0.75]
            activate: { excludesLeaks: \(expected.activate.excludesLeaks) }
            """)
        #expect(found == expected)
    }

    @Test("settings of the command line override the file, and the last one wins")
    func settingsOverrideTheFile()
        throws
    {
        let found = try read(
            "collaborate:\n  groupSize: 5\n",
            settings: [
                "collaborate.groupSize=6", "collaborate.groupSize=8", "model=a=b",
                "activate.learningRate=3e-5",
            ])
        #expect(found.collaborate.groupSize == 8)
        #expect(found.model == "a=b")
        #expect(found.activate.learningRate == 3e-5)
        #expect(
            try read("", settings: ["collaborate.weighting.initialWeights=[0.1, 0.9]"])
                .collaborate.weighting.initialWeights == [0.1, 0.9])
    }

    @Test("an unknown key is named with its line and the nearest known key")
    func unknownKeyIsNamed() throws {
        let found = try failure("seed: 3\ncollaborate:\n  groupSize: 4\n  clipHihg: 0.1\n")
        guard case .unknownKey(let place, let key, let nearest) = found else {
            Issue.record("\(found)")
            return
        }
        #expect(place.hasSuffix("run.yaml:4"))
        #expect(key == "collaborate.clipHihg")
        #expect(nearest?.hasSuffix("clipHigh") == true)
        #expect("\(found)".contains("unknown key 'collaborate.clipHihg'; did you mean '"))
        #expect(
            "\(try failure("colaborate: {}\n"))".contains(
                "run.yaml:1: unknown key 'colaborate'; did you mean 'collaborate'?"))
        #expect("\(try failure("xyzzyplugh: 1\n"))".hasSuffix("unknown key 'xyzzyplugh'"), "no key is near")
        #expect(
            "\(try failure(settings: ["activate.epoch=2"]))".hasPrefix(
                "--set activate.epoch=2: unknown key 'activate.epoch'; did you mean '"))
    }

    @Test(
        "a value of the wrong type is named",
        arguments: [
            ("seed: many", "'seed' expects a whole number, found 'many'"),
            ("seed: [1, 2]", "'seed' expects a whole number, found a list"),
            ("seed: { a: 1 }", "'seed' expects a whole number, found a section of keys"),
            ("collaborate: 3", "'collaborate' expects a section of keys, found '3'"),
            (
                "activate:\n  excludesLeaks: perhaps",
                "'activate.excludesLeaks' expects true or false, found 'perhaps'"
            ),
            ("activate:\n  learningRate: fast", "'activate.learningRate' expects a number, found 'fast'"),
            ("model: [a]", "'model' expects a text, found a list"),
            (
                "collaborate:\n  weighting:\n    initialWeights: 0.5",
                "'collaborate.weighting.initialWeights' expects a list, found '0.5'"
            ),
            (
                "collaborate:\n  weighting:\n    initialWeights: [0.5, x]",
                "'collaborate.weighting.initialWeights.1' expects a number, found 'x'"
            ),
        ])
    func wrongTypeIsNamed(yaml: String, message: String) throws {
        let found = try failure(yaml)
        #expect("\(found)".hasSuffix(message), "\(found)")
        #expect("\(found)".contains("run.yaml:\(yaml.split(separator: "\n").count):"), "the line: \(found)")
    }

    @Test("a fraction for a whole number and an unknown choice are refused")
    func wrongNumberOrChoiceIsRefused() throws {
        let whole = "\(try failure("collaborate:\n  groupSize: 2.5"))"
        #expect(whole.hasSuffix("'collaborate.groupSize' expects a whole number, found '2.5'"), "\(whole)")
        let list = "\(try failure("evaluate:\n  hitRateDepths: [1, 2.5]"))"
        #expect(list.hasSuffix("'evaluate.hitRateDepths.1' expects a whole number, found '2.5'"), "\(list)")
        // 1.0 by default, which JSON writes as 1.
        let real = "\(try failure("collaborate:\n  temperature: hot"))"
        #expect(real.hasSuffix("'collaborate.temperature' expects a number, found 'hot'"), "\(real)")
        let choice = "\(try failure("collaborate:\n  klEstimator: k9"))"
        #expect(choice.contains("collaborate.klEstimator") && choice.contains("k9"), "\(choice)")
    }

    @Test(
        "a value out of range is named",
        arguments: [
            ("seed=-1", "seed"), ("threads=0", "threads"),
            ("collaborate.groupSize=1", "collaborate.groupSize"),
            ("collaborate.updateEpochs=0", "collaborate.updateEpochs"),
            ("collaborate.temperature=0", "collaborate.temperature"),
            ("collaborate.clipLow=-0.1", "collaborate.clipLow"),
            ("collaborate.resampleRounds=-1", "collaborate.resampleRounds"),
            ("collaborate.rewards=[semantic]", "collaborate.rewards"),
            ("collaborate.rewards=[semantic, semantic]", "collaborate.rewards"),
            ("collaborate.rewards=[semantic, format, length]", "collaborate.weighting.initialWeights"),
            ("collaborate.weighting.regularization=0", "collaborate.weighting.regularization"),
            ("collaborate.weighting.floor=0.6", "collaborate.weighting.floor"),
            ("collaborate.weighting.ceiling=0.4", "collaborate.weighting.floor"),
            ("collaborate.weighting.smoothing=1", "collaborate.weighting.smoothing"),
            ("collaborate.validation.interval=0", "collaborate.validation.interval"),
            ("activate.thresholdPercentile=1.5", "activate.thresholdPercentile"),
            ("collaborate.weighting.initialWeights=[1]", "collaborate.weighting.initialWeights"),
            ("collaborate.weighting.initialWeights=[1, 0]", "collaborate.weighting.initialWeights"),
        ])
    func outOfRangeValueIsNamed(setting: String, key: String) throws {
        guard case .invalid(let found, let message, _) = try failure(settings: [setting]) else {
            Issue.record("\(setting) is refused in another way")
            return
        }
        #expect(found == key)
        #expect(message.contains("expected") || message.contains("needs"), "\(message)")
    }

    @Test(
        "the configurations that come with the package can be read",
        arguments: ["demo", "evidence", "paper", "reproduce", "reproduce-gpu", "three-seeds"])
    func bundledConfigurationsAreRead(name: String) throws {
        let file = PackageFolder.root.appending(path: "Configs/\(name).yaml")
        #expect(try ConfigurationReader.read(file) != TaijiConfiguration())
    }

    @Test("files and settings that are not a configuration are refused") func invalidFilesAreRefused() throws
    {
        #expect("\(try failure("a: [1\nb: }"))".contains("run.yaml: cannot be read as a configuration"))
        #expect("\(try failure(settings: ["seed"]))".contains("'seed' is no setting; expected path=value"))
        #expect("\(try failure(settings: ["=3"]))".contains("'=3' is no setting; expected path=value"))
        #expect("\(try failure("- a\n- b"))".contains("expected a section of keys, found a list"))
        let missing = URL(filePath: "/no/such/run.yaml")
        let found = try #require(throws: ConfigurationError.self) { try ConfigurationReader.read(missing) }
        #expect("\(found)".hasPrefix("/no/such/run.yaml: cannot be read"))
    }

    @Test("a configuration keeps its values through JSON") func configurationSurvivesJSON()
        throws
    {
        var configuration = TaijiConfiguration()
        configuration.collaborate.weighting.method = .fixed
        let copy = try JSONDecoder().decode(
            TaijiConfiguration.self, from: JSONEncoder().encode(configuration))
        #expect(copy == configuration)
        #expect(try Fingerprint.of(copy) == Fingerprint.of(configuration))
        #expect(try Fingerprint.of(copy) != Fingerprint.of(TaijiConfiguration()))
    }
}
