import Foundation
import TestSupport
import Testing

/// Bad input gets one sentence that names the place, and a status that is not 0.
@Suite(.serialized) struct BadInputTests {
    private func expectFailure(
        _ arguments: [String], input: String = "", naming words: [String], in folder: URL = PackageFolder.root
    ) throws {
        let result = try Program.run(arguments, input: input, in: folder)
        #expect(result.status != 0)
        for word in words { #expect(result.errors.contains(word), "'\(word)' is not in: \(result.errors)") }
        #expect(!result.errors.contains("Fatal error"))
    }

    @Test("a missing model file is named, with the command that fetches models") func missingModelFile()
        throws
    {
        try expectFailure(
            ["score", "--model", "nowhere.gguf"], input: #"{"prompt":"a","answer":"b"}"#,
            naming: ["nowhere.gguf", "make setup"])
    }

    @Test("a truncated model file is named") func truncatedModelFile() throws {
        try withTemporaryFolder { folder in
            let whole = try PackageFolder.dependency("models/smollm2/SmolLM2-135M-Instruct.Q4_1.gguf")
            let cut = folder.appending(path: "cut.gguf")
            try Data(contentsOf: whole, options: .alwaysMapped).prefix(10_000_000).write(to: cut)
            try expectFailure(
                ["generate", "--model", cut.path], input: #"{"prompt":"a"}"#,
                naming: ["cut.gguf", "cut short"])
        }
    }

    @Test("an unknown configuration key is named with its line and the nearest key")
    func unknownConfigurationKey() throws {
        try withTemporaryFolder { folder in
            let file = folder.appending(path: "bad.yaml")
            try Data("seed: 3\ncollaborate:\n  groupSizes: 8\n".utf8).write(to: file)
            try expectFailure(
                ["construct", "--config", file.path, "--run", folder.appending(path: "run").path],
                naming: ["bad.yaml:3", "groupSizes", "groupSize"])
        }
    }

    @Test("a line that is not JSON is named, with an example") func lineThatIsNotJSON() throws {
        try expectFailure(["tokenize"], input: "fresh milk\n", naming: ["line 1", #"{"text""#])
    }

    @Test("a stage that runs before its inputs exist names the command to run first")
    func stageBeforeItsInputs() throws {
        try withTemporaryFolder { folder in
            try expectFailure(
                ["activate", "--config", "Configs/demo.yaml", "--run", folder.appending(path: "run").path],
                naming: ["1-construct/tables", "taiji construct"])
        }
    }

    @Test("an empty split is named, and no finished step is left behind") func emptySplit() throws {
        try withTemporaryFolder { folder in
            let run = folder.appending(path: "run")
            try expectFailure(
                [
                    "construct", "--config", "Configs/demo.yaml", "--run", run.path, "--set",
                    "construct.minimumPurchases=100000",
                ], naming: ["users", "empty"])
            #expect(!FileManager.default.fileExists(atPath: run.appending(path: "1-construct/tables").path))
        }
    }

    @Test("a full disk is an error that leaves no finished step behind") func fullDisk() throws {
        try withTemporaryFolder { folder in
            // A limit on the size of a file stands for the full disk: the write fails in the middle.
            let run = folder.appending(path: "run").path
            let program = PackageFolder.root.appending(path: ".build/release/taiji").path
            let process = Process()
            process.executableURL = URL(filePath: "/bin/bash")
            process.arguments = [
                "-c",
                "trap '' XFSZ; ulimit -f 200; exec '\(program)' construct --config Configs/demo.yaml --run "
                    + "'\(run)' 2> '\(run).err'",
            ]
            process.currentDirectoryURL = PackageFolder.root
            try process.run()
            process.waitUntilExit()
            #expect(process.terminationStatus != 0)
            let errors = try String(contentsOf: URL(filePath: run + ".err"), encoding: .utf8)
            #expect(!errors.contains("Fatal error"), "\(errors)")
            #expect(!FileManager.default.fileExists(atPath: run + "/1-construct/tables"))
        }
    }
}
