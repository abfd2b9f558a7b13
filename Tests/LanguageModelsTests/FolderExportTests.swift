import Foundation
import ModelFiles
import TestSupport
import Testing
import Torch
import TorchNN

@testable import LanguageModels

@Suite struct FolderExportTests {
    @Test(
        "an exported folder holds the weights in the requested type",
        arguments: [nil, .float32, .bfloat16, .float16] as [ElementType?])
    func folderHasRequestedType(type: ElementType?) throws {
        try withTemporaryFolder { folder in
            let model = try LanguageModel(folder: GoldenModel.folder("qwen2"))
            let written = folder.appending(path: "written")
            try model.writeFolder(to: written, type: type)
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["written"])
            let file = try SafetensorsFile(written.appending(path: "model.safetensors"))
            for (name, tensor) in model.decoder.parameters.named() {
                let expected = try tensor.to(type ?? .float32)
                let found = try file.tensor(name)
                #expect(try found.elementType == type ?? .float32)
                #expect(try found.withBytes { Array($0) } == expected.withBytes { Array($0) }, "\(name)")
            }
            let config = try Data(contentsOf: written.appending(path: "config.json"))
            let keys = try #require(JSONSerialization.jsonObject(with: config) as? [String: Any])
            #expect(keys["torch_dtype"] as? String == (type ?? .float32).rawValue)
            #expect(try LanguageModel(folder: written).decoder.configuration == model.decoder.configuration)
        }
    }

    @Test("an empty folder is filled, and one with files is left alone")
    func onlyEmptyFoldersAreFilled() throws {
        try withTemporaryFolder { folder in
            let model = try LanguageModel(folder: GoldenModel.folder("llama-tied"))
            try model.writeFolder(to: folder)
            _ = try LanguageModel(folder: folder)
            let error = try #require(throws: LanguageModelError.self) { try model.writeFolder(to: folder) }
            #expect("\(error)" == "\(folder.path): is already there; name a folder that is new or empty")
        }
    }

    @Test("a weight that the type cannot represent is refused, and no folder is left behind")
    func unrepresentableWeightIsRefused() throws {
        try withTemporaryFolder { folder in
            let model = try LanguageModel(folder: GoldenModel.folder("llama-tied"))
            let weight = model.decoder.parameters.tensors[0]
            try withoutGrad { try weight.copy(from: Tensor.full(weight.shape, 1e6)) }
            let url = folder.appending(path: "x")
            let error = try #require(throws: LanguageModelError.self) {
                try model.writeFolder(to: url, type: .float16)
            }
            #expect("\(error)".contains("'model.embed_tokens.weight'") && "\(error)".contains("too large"))
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
        }
    }
}
