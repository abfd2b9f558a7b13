import Testing

/// Who may import whom. `make lint` checks every level of Scripts/modules.txt; these two rules shape the
/// design.
@Suite struct ModuleRuleTests {
    static let stages = [
        "Stage1-DataConstruction": "DataConstruction", "Stage2-ReasoningActivation": "ReasoningActivation",
        "Stage3-Collaboration": "Collaboration", "Stage4-Ranking": "Ranking",
        "Stage5-Evaluation": "ModelEvaluation",
    ]

    @Test("The report imports no stage and no module with tensors")
    func reportImportsNoStageOrTensor() throws {
        let files = try SourceTree.swiftFiles(below: "Sources/Report")
        #expect(!files.isEmpty)
        let forbidden = Set(Self.stages.values).union([
            "Torch", "TorchNN", "LanguageModels", "RankingModels", "Catalogue",
        ])
        for file in files {
            #expect(Set(file.imports).isDisjoint(with: forbidden), "\(file.path) imports \(file.imports)")
        }
    }

    @Test("A stage imports no other stage", arguments: stages.keys.sorted())
    func stageImportsNoStage(folder: String) throws {
        let files = try SourceTree.swiftFiles(below: "Sources/\(folder)")
        #expect(!files.isEmpty)
        for file in files {
            let crossing = Set(file.imports).intersection(Self.stages.values)
            #expect(crossing.isEmpty, "\(file.path) imports \(crossing); pass a record of Pipeline instead")
        }
    }

    @Test(
        "Only Torch imports CTorch, only VectorSearch CFaiss",
        arguments: [("CTorch", "Torch"), ("CFaiss", "VectorSearch")])
    func shimHasOneImporter(shim: String, importer: String) throws {
        let importers = try SourceTree.swiftFiles(below: "Sources").filter { $0.imports.contains(shim) }
        #expect(Set(importers.map(\.moduleFolder)) == [importer])
    }

    @Test("A file of Sources has at most 400 lines")
    func filesAreShort() throws {
        let long = try SourceTree.swiftFiles(below: "Sources").filter { $0.lineCount > 400 }.map(\.path)
        #expect(long == [])
    }

    @Test(
        "Imports are read as Swift reads them",
        arguments: [
            ("import Torch", ["Torch"]), ("@testable public import Torch  // why", ["Torch"]),
            ("private import struct Foundation.Data\nimport CTorch", ["Foundation", "CTorch"]),
            ("// import Torch", []), ("let text = \"import Torch\"", []),
        ])
    func importsAreRead(text: String, expected: [String]) {
        #expect(SourceTree.File(path: "Sources/A/B.swift", text: text).imports == expected)
    }
}
