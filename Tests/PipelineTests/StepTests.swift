import Foundation
import Pipeline
import TestSupport
import Testing

@Suite("Declared steps") struct StepTests {
    private func run(
        _ folder: URL, lender: RunDirectory? = nil,
        digest: @escaping Run.OutsideDigest = { files, _ in files.rawValue },
        change: (inout TaijiConfiguration) -> Void = { _ in }
    ) throws -> Run {
        var configuration = TaijiConfiguration()
        change(&configuration)
        return Run(
            try RunDirectory(folder), configuration, progress: RunProgress(isSilent: true), lender: lender,
            digest: digest)
    }

    @Test("come after what they read and in the order of the stages, each once")
    func stepsComeAfterWhatTheyRead() {
        let paths = Steps.all.map(\.path)
        #expect(Set(paths).count == paths.count)
        for (place, step) in Steps.all.enumerated() {
            for source in step.sources {
                #expect(paths[..<place].contains(source.path), "\(step.path) reads \(source.path)")
            }
        }
        let stages = Steps.all.compactMap { Stage.allCases.firstIndex(of: $0.stage) }
        #expect(stages == stages.sorted())
        #expect(paths.first == "1-construct/tables" && paths.contains("3-collaborate/validation-ranker"))
    }

    @Test("name settings that exist, and no stage reads a later stage's steps")
    func stepsNameExistingSettings() throws {
        let configuration = TaijiConfiguration()
        for step in Steps.all {
            #expect(!(try configuration.settings(under: step.settings, without: step.excluded)).isEmpty)
            #expect(throws: Never.self) { try configuration.settings(under: step.excluded) }
            let stage = try #require(Stage.allCases.firstIndex(of: step.stage))
            for source in step.sources {
                #expect(try #require(Stage.allCases.firstIndex(of: source.stage)) <= stage)
            }
        }
    }

    @Test("are made from their declared settings, files and steps alone")
    func stepsAreMadeFromWhatIsDeclared() throws {
        try withTemporaryFolder { folder in
            let run = try run(folder)
            let origin = try run.origin(of: Steps.tables.declaration)
            #expect(origin.files.keys.sorted() == ["logs", "model"] && origin.steps.isEmpty)
            #expect(origin.settings["construct.users"] == "240" && origin.settings["seed"] == "7")
            #expect(!origin.settings.keys.contains { $0.hasPrefix("construct.teacher") })
            #expect(!origin.settings.keys.contains { $0.hasPrefix("activate") })
            #expect(throws: RunError.missingStep(step: "1-construct/tables", command: "construct")) {
                try run.origin(of: Steps.teacher.declaration)
            }
            try run.make(Steps.tables) { try $0.itemFile.write([]) }
            let teacher = try run.origin(of: Steps.teacher.declaration)
            #expect(teacher.steps.keys.sorted() == ["1-construct/tables"])
            #expect(teacher.settings["construct.teacher.candidates"] == "3")
        }
    }

    @Test("best-of-n rests on how rollouts are drawn and paid, not on how they train")
    func bestOfNIgnoresTraining() throws {
        func settings(_ change: String) throws -> [String: String] {
            try ConfigurationReader.read(nil, settings: [change]).settings(
                under: Steps.bestOfN.declaration.settings, without: Steps.bestOfN.declaration.excluded)
        }
        let plain = try settings("seed=7")
        for training in ["steps=3", "learningRate=0.1", "groupSize=9", "weighting.method=popo-light"] {
            #expect(try settings("collaborate.\(training)") == plain, "\(training)")
        }
        for sampling in ["temperature=0.3", "maximumTokens=7", "rewardScale=rank", "requiresForm=true"] {
            #expect(try settings("collaborate.\(sampling)") != plain, "\(sampling)")
        }
    }

    @Test("digest files from outside once, however many steps read them")
    func outsideFilesAreDigestedOnce() throws {
        try withTemporaryFolder { folder in
            var asked: [OutsideFiles] = []
            let run = try run(
                folder,
                digest: { files, _ in
                    asked.append(files)
                    return "digest"
                })
            try run.make(Steps.tables) { try $0.itemFile.write([]) }
            try run.make(Steps.teacher) { try $0.samples.write([]) }
            try run.make(Steps.baseAnswers) { try $0.answers.write([]) }
            #expect(asked == [.logs, .model])
        }
    }

    @Test(
        "are adopted from a run that made them from the same inputs, and made anew otherwise"
    )
    func stepFromTheSameInputsIsAdopted() throws {
        try withTemporaryFolder { folder in
            let first = try run(folder.appending(path: "first"))
            try first.make(Steps.tables) { try $0.itemFile.write([]) }
            try first.make(Steps.teacher) { output in
                try output.samples.write([
                    TeacherSample(sample: "a", index: 0, reasoning: "r", leaks: [], isTruncated: false)
                ])
            }
            let change: (inout TaijiConfiguration) -> Void = { $0.construct.teacher.showsTarget = false }
            let second = try run(
                folder.appending(path: "second"), lender: first.directory, change: change)
            try second.make(Steps.tables) { _ in Issue.record("made again") }
            #expect(
                try second.directory.fingerprint(Steps.tables.declaration)
                    == first.directory.fingerprint(Steps.tables.declaration))
            let teacher = try second.make(Steps.teacher) { try $0.samples.write([]) }
            #expect(try teacher.samples.read().isEmpty)
            #expect(try first.output(of: Steps.teacher).samples.read().count == 1)
            // What is adopted counts as done, with the same or with another lender.
            let again = try run(folder.appending(path: "second"), change: change)
            try again.make(Steps.tables) { _ in Issue.record("made again") }
        }
    }

    @Test("are no inputs of others when the run does not need them")
    func unneededStepIsNoInput() throws {
        try withTemporaryFolder { folder in
            let without = try run(folder)
            #expect(!without.needs(Steps.validationRanker))
            let with = try run(folder, change: { $0.collaborate.validation.samples = 2 })
            #expect(with.needs(Steps.validationRanker))
            let needed = { (run: Run) in
                Steps.aligned.declaration.sources.filter { $0.isNeeded(run.configuration) }.map(\.name)
            }
            #expect(needed(with).count == needed(without).count + 1)
        }
    }
}
