import Foundation
import Pipeline
import TestSupport
import Testing

@Suite struct RunDirectoryTests {
    private struct Interruption: Error {}
    private let step = Steps.tables.declaration

    private func withRun<Result>(_ body: (RunDirectory) throws -> Result) throws -> Result {
        try withTemporaryFolder { try body(RunDirectory($0.appending(path: "run"))) }
    }

    private func origin(seed: Int) -> StepOrigin { StepOrigin(settings: ["seed": "\(seed)"]) }

    private func write(_ text: String, _ name: String = "a.txt", in folder: URL) throws {
        try Data(text.utf8).write(to: folder.appending(path: name))
    }

    @Test("a finished step has its files and a manifest with their digests, and does not run again")
    func finishedStepHasAManifest()
        throws
    {
        try withRun { run in
            #expect(try run.manifest(step) == nil)
            let isNew = try run.perform(step, from: origin(seed: 1)) { folder in
                try write("abc", in: folder)
                try FileManager.default.createDirectory(
                    at: folder.appending(path: "sub"), withIntermediateDirectories: false)
                try write("", "sub/b.txt", in: folder)
            }
            #expect(isNew)
            let manifest = try #require(try run.manifest(step))
            #expect(manifest.step == "1-construct/tables")
            #expect(manifest.origin == origin(seed: 1))
            #expect(
                manifest.outputs == [
                    "a.txt": SHA256Digest.hex(Data("abc".utf8)), "sub/b.txt": SHA256Digest.hex(Data()),
                ])
            let names = try FileManager.default.contentsOfDirectory(atPath: run.folder(step).path)
            #expect(Set(names) == ["a.txt", "manifest.json", "sub"])
            let isNewAgain = try run.perform(step, from: origin(seed: 1)) { _ in Issue.record("done twice") }
            #expect(!isNewAgain)
        }
    }

    @Test("a finished step whose inputs have changed is refused, and the first difference is named")
    func staleStepIsRefused() throws {
        let made = StepOrigin(
            steps: ["a/b": "1"], files: ["model": "2"], settings: ["seed": "7", "threads": "2"])
        try withRun { run in
            try run.perform(step, from: made) { try write("abc", in: $0) }
            var (seed, files, source, removed) = (made, made, made, made)
            seed.settings["seed"] = "8"
            files.files["model"] = "3"
            source.steps["a/b"] = "2"
            removed.settings["threads"] = nil
            for (now, difference) in [
                (seed, "setting seed (7 then, 8 now)"), (files, "set of files, the model"),
                (source, "version of the step 'a/b'"), (removed, "setting threads (2 then, none now)"),
            ] {
                #expect(throws: RunError.stale(step: step.path, difference: difference)) {
                    try run.perform(step, from: now) { _ in Issue.record("done again") }
                }
            }
            let error = RunError.stale(step: step.path, difference: "setting seed (7 then, 8 now)")
            #expect("\(error)".contains("was made with another setting seed (7 then, 8 now); use another"))
        }
    }

    @Test("a setting that a manifest does not record is taken as its default")
    func unrecordedSettingIsTheDefault() throws {
        try withRun { run in
            try run.perform(step, from: StepOrigin()) { try write("abc", in: $0) }
            let isNew = try run.perform(step, from: origin(seed: TaijiConfiguration().seed)) { _ in
                Issue.record("done again")
            }
            #expect(!isNew)
            #expect(throws: RunError.self) { try run.perform(step, from: origin(seed: 99)) { _ in } }
        }
    }

    @Test("a failed step does not look finished, and the same inputs resume its work")
    func failedStepResumes() throws {
        try withRun { run in
            #expect(throws: Interruption.self) {
                try run.perform(step, from: origin(seed: 1)) { folder in
                    try write("half", "checkpoint", in: folder)
                    throw Interruption()
                }
            }
            #expect(try run.manifest(step) == nil)
            #expect(!FileManager.default.fileExists(atPath: run.folder(step).path))
            #expect(throws: RunError.self) { try run.fingerprint(step) }
            try run.perform(step, from: origin(seed: 1)) { folder in
                #expect(try Data(contentsOf: folder.appending(path: "checkpoint")) == Data("half".utf8))
                try write("abc", in: folder)
                try FileManager.default.removeItem(at: folder.appending(path: "checkpoint"))
            }
            #expect(try run.manifest(step)?.outputs.keys.sorted() == ["a.txt"])
            let parent = run.folder(step).deletingLastPathComponent().path
            #expect(try FileManager.default.contentsOfDirectory(atPath: parent) == ["tables"])
        }
    }

    @Test("an interrupted step starts over when its inputs differ")
    func otherInputsBeginAnew() throws {
        try withRun { run in
            #expect(throws: Interruption.self) {
                try run.perform(step, from: origin(seed: 1)) { folder in
                    try write("half", "checkpoint", in: folder)
                    throw Interruption()
                }
            }
            try run.perform(step, from: origin(seed: 2)) { folder in
                #expect(!FileManager.default.fileExists(atPath: folder.appending(path: "checkpoint").path))
                try write("abc", in: folder)
            }
            #expect(try run.manifest(step)?.origin == origin(seed: 2))
        }
    }

    @Test("files of an interrupted step without a record of its inputs are discarded")
    func unrecordedWorkIsDiscarded() throws {
        try withRun { run in
            // What a killed program leaves: the hidden folder without the record of its inputs.
            let partial = run.workFolder(step)
            try FileManager.default.createDirectory(at: partial, withIntermediateDirectories: true)
            try write("from unknown inputs", "stray.txt", in: partial)
            try run.perform(step, from: origin(seed: 1)) { try write("abc", in: $0) }
            #expect(try run.manifest(step)?.outputs.keys.sorted() == ["a.txt"])
        }
    }

    @Test("a step's fingerprint depends on its outputs, not on its inputs")
    func fingerprintCoversOutputs() throws {
        let prints = try [(1, "abc"), (2, "abc"), (1, "abd")].map { seed, text in
            try withRun { run in
                try run.perform(step, from: origin(seed: seed)) { try write(text, in: $0) }
                return try run.fingerprint(step)
            }
        }
        #expect(prints[0] == prints[1])
        #expect(prints[0] != prints[2])
    }

    @Test("a missing step and a broken manifest are named, with what to do")
    func missingStepIsNamed() throws {
        try withRun { run in
            let missing = try #require(throws: RunError.self) { try run.fingerprint(Steps.tuned.declaration) }
            #expect(missing == .missingStep(step: "2-activate/checkpoint", command: "activate"))
            #expect("\(missing)".contains("run `taiji activate`"))
            try run.perform(step, from: StepOrigin()) { try write("abc", in: $0) }
            try write("{", "manifest.json", in: run.folder(step))
            let broken = try #require(throws: RunError.self) { try run.manifest(step) }
            #expect("\(broken)".contains("manifest.json: is not a manifest of this version"))
        }
    }

    @Test("a folder that cannot be created is named") func uncreatableFolderIsNamed() throws {
        try withTemporaryFolder { folder in
            try write("a file", "run", in: folder)
            let error = try #require(throws: RunError.self) {
                try RunDirectory(folder.appending(path: "run"))
            }
            #expect("\(error)".contains("/run: cannot be made"))
        }
    }
}
