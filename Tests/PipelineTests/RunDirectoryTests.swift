import Foundation
import Pipeline
import TestSupport
import Testing

@Suite struct RunDirectoryTests {
    private struct Interruption: Error {}
    private let step = "1-construct/tables"

    private func withRun<Result>(_ body: (RunDirectory) throws -> Result) throws -> Result {
        try withTemporaryFolder { try body(RunDirectory($0.appending(path: "run"))) }
    }

    private func write(_ text: String, _ name: String = "a.txt", in folder: URL) throws {
        try Data(text.utf8).write(to: folder.appending(path: name))
    }

    @Test("a finished step has its files and a manifest with their digests, and is not done again")
    func aFinishedStepHasItsFilesAndAManifest()
        throws
    {
        try withRun { run in
            #expect(try run.manifest(step) == nil)
            let isNew = try run.perform(step, inputs: ["seed": "1"]) { folder in
                try write("abc", in: folder)
                try FileManager.default.createDirectory(
                    at: folder.appending(path: "sub"), withIntermediateDirectories: false)
                try write("", "sub/b.txt", in: folder)
            }
            #expect(isNew)
            let manifest = try #require(try run.manifest(step))
            #expect(manifest.step == step)
            #expect(manifest.inputs == ["seed": "1"])
            #expect(
                manifest.outputs == [
                    "a.txt": SHA256Digest.hex(Data("abc".utf8)), "sub/b.txt": SHA256Digest.hex(Data()),
                ])
            let names = try FileManager.default.contentsOfDirectory(atPath: run.folder(step).path)
            #expect(Set(names) == ["a.txt", "manifest.json", "sub"])
            let isNewAgain = try run.perform(step, inputs: ["seed": "1"]) { _ in Issue.record("done twice") }
            #expect(!isNewAgain)
        }
    }

    @Test("other inputs of a finished step are refused by name") func otherInputsOfAFinishedStepAreRefusedBy()
        throws
    {
        try withRun { run in
            try run.perform(step, inputs: ["model": "m", "seed": "1"]) { try write("abc", in: $0) }
            for (inputs, name) in [
                (["model": "m", "seed": "2"], "seed"), (["seed": "1"], "model"),
                (["model": "m", "seed": "1", "threads": "2"], "threads"),
            ] {
                #expect(throws: RunError.stale(step: step, input: name)) {
                    try run.perform(step, inputs: inputs) { _ in Issue.record("done again") }
                }
            }
            #expect("\(RunError.stale(step: step, input: "seed"))".contains("was made with another seed"))
        }
    }

    @Test("after an error nothing looks finished, and the same inputs go on with what is there")
    func afterAnErrorNothingLooksFinishedAndTheSame() throws {
        try withRun { run in
            #expect(throws: Interruption.self) {
                try run.perform(step, inputs: ["seed": "1"]) { folder in
                    try write("half", "checkpoint", in: folder)
                    throw Interruption()
                }
            }
            #expect(try run.manifest(step) == nil)
            #expect(!FileManager.default.fileExists(atPath: run.folder(step).path))
            #expect(throws: RunError.self) { try run.fingerprint(step) }
            try run.perform(step, inputs: ["seed": "1"]) { folder in
                #expect(try Data(contentsOf: folder.appending(path: "checkpoint")) == Data("half".utf8))
                try write("abc", in: folder)
                try FileManager.default.removeItem(at: folder.appending(path: "checkpoint"))
            }
            #expect(try run.manifest(step)?.outputs.keys.sorted() == ["a.txt"])
            let parent = run.folder(step).deletingLastPathComponent().path
            #expect(try FileManager.default.contentsOfDirectory(atPath: parent) == ["tables"])
        }
    }

    @Test("an interrupted step with other inputs begins anew")
    func anInterruptedStepWithOtherInputsBeginsAnew() throws {
        try withRun { run in
            #expect(throws: Interruption.self) {
                try run.perform(step, inputs: ["seed": "1"]) { folder in
                    try write("half", "checkpoint", in: folder)
                    throw Interruption()
                }
            }
            try run.perform(step, inputs: ["seed": "2"]) { folder in
                #expect(!FileManager.default.fileExists(atPath: folder.appending(path: "checkpoint").path))
                try write("abc", in: folder)
            }
            #expect(try run.manifest(step)?.inputs == ["seed": "2"])
        }
    }

    @Test("a step that is killed between its last file and its manifest goes on")
    func aStepThatIsKilledBetweenItsLastFile() throws {
        try withRun { run in
            // What a killed program leaves: the hidden folder without the record of its inputs.
            let partial = run.folder("1-construct/.tables.partial")
            try FileManager.default.createDirectory(at: partial, withIntermediateDirectories: true)
            try write("from unknown inputs", "stray.txt", in: partial)
            try run.perform(step, inputs: ["seed": "1"]) { try write("abc", in: $0) }
            #expect(try run.manifest(step)?.outputs.keys.sorted() == ["a.txt"])
        }
    }

    @Test("a step's fingerprint is that of its outputs, not of its inputs")
    func aStepSFingerprintIsThatOfItsOutputs() throws {
        let prints = try [("1", "abc"), ("2", "abc"), ("1", "abd")].map { seed, text in
            try withRun { run in
                try run.perform(step, inputs: ["seed": seed]) { try write(text, in: $0) }
                return try run.fingerprint(step)
            }
        }
        #expect(prints[0] == prints[1])
        #expect(prints[0] != prints[2])
    }

    @Test("a missing step and a broken manifest are named with what to do")
    func aMissingStepAndABrokenManifestAreNamed() throws {
        try withRun { run in
            let missing = try #require(throws: RunError.self) { try run.fingerprint("2-activate/checkpoint") }
            #expect(missing == .missingStep(step: "2-activate/checkpoint", command: "activate"))
            #expect("\(missing)".contains("run `taiji activate`"))
            try run.perform(step, inputs: [:]) { try write("abc", in: $0) }
            try write("{", "manifest.json", in: run.folder(step))
            let broken = try #require(throws: RunError.self) { try run.manifest(step) }
            #expect("\(broken)".contains("manifest.json: is no manifest"))
        }
    }

    @Test("settings that came later count only where they change something")
    func settingsThatCameLaterCountOnlyWhereTheyChange() throws {
        struct Earlier: Encodable {
            var rate = 0.002
            var codes = ["bits": 2]
        }
        struct Codes: Encodable {
            var bits = 2
            var quantizer = "product"
        }
        struct Later: Encodable {
            var rate = 0.002
            var codes = Codes()
        }
        let later: [String: JSONValue] = ["codes.quantizer": "product", "other.key": 1]
        #expect(try Fingerprint.of(Later(), later: later) == Fingerprint.of(Earlier()))
        var changed = Later()
        changed.codes.quantizer = "residual"
        #expect(try Fingerprint.of(changed, later: later) != Fingerprint.of(Earlier()))
        #expect(try Fingerprint.of(RankConfiguration(), later: [:]) == Fingerprint.of(RankConfiguration()))
        #expect(try ["a": "b"].adding(FeatureConfiguration()) == ["a": "b"])
        var schema = FeatureConfiguration()
        schema.without = ["hour"]
        #expect(try ["a": "b"].adding(schema).count == 2)
    }

    @Test("a folder that cannot be made is named") func aFolderThatCannotBeMadeIsNamed() throws {
        try withTemporaryFolder { folder in
            try write("a file", "run", in: folder)
            let error = try #require(throws: RunError.self) {
                try RunDirectory(folder.appending(path: "run"))
            }
            #expect("\(error)".contains("/run: cannot be made"))
        }
    }
}

@Suite("Steps of another run") struct AdoptedStepTests {
    @Test("an adopted step is done, and what follows from it is the run's own") func anAdoptedStepIsDone()
        throws
    {
        try withTemporaryFolder { folder in
            let first = try RunDirectory(folder.appending(path: "first"))
            let second = try RunDirectory(folder.appending(path: "second"))
            #expect(throws: RunError.self) { try second.adopt("1-a/b", from: first) }
            try first.perform("1-a/b", inputs: ["x": "1"]) {
                try AtomicFile.write(Data("here".utf8), to: $0.appending(path: "file"))
            }
            for _ in 0..<2 { try second.adopt("1-a/b", from: first) }
            #expect(try second.fingerprint("1-a/b") == first.fingerprint("1-a/b"))
            #expect(
                try String(contentsOf: second.folder("1-a/b").appending(path: "file"), encoding: .utf8)
                    == "here")
            let isDone = try second.perform("1-a/b", inputs: ["x": "1"]) { _ in }
            #expect(!isDone, "nothing is done twice")
            #expect(throws: RunError.self) { try second.perform("1-a/b", inputs: ["x": "2"]) { _ in } }
            try second.perform("1-a/c", inputs: [:]) {
                try AtomicFile.write(Data(), to: $0.appending(path: "own"))
            }
            #expect(try first.manifest("1-a/c") == nil)
        }
    }
}
