import Foundation
import ModelFiles
import TestSupport
import Testing
import Torch

@Suite struct SafetensorsFolderTests {
    /// Two shards and their index.
    private func write(_ map: [String: String], to folder: URL) throws {
        try SafetensorsFile.write([("a", Tensor.full([2], 1))], to: folder.appending(path: "1.safetensors"))
        try SafetensorsFile.write(
            [("b", Tensor.full([3], 2)), ("c", Tensor.full([], 3))],
            to: folder.appending(path: "2.safetensors"))
        try JSONEncoder().encode(["weight_map": map])
            .write(to: folder.appending(path: "model.safetensors.index.json"))
    }

    private func message(_ map: [String: String]) throws -> String {
        try withTemporaryFolder { folder in
            try write(map, to: folder)
            let error = try #require(throws: ModelFileError.self) { try SafetensorsFolder(folder) }
            #expect("\(error)".hasPrefix(folder.appending(path: "model.safetensors.index.json").path))
            return "\(error)"
        }
    }

    @Test("shards are read as one") func shardsAreReadAsOne() throws {
        try withTemporaryFolder { folder in
            try write(["a": "1.safetensors", "b": "2.safetensors", "c": "2.safetensors"], to: folder)
            let weights = try SafetensorsFolder(folder)
            #expect(weights.entries.mapValues(\.shape) == ["a": [2], "b": [3], "c": []])
            #expect(try weights.tensor("b").elements(Float.self) == [2, 2, 2])
            #expect(try weights.tensor("a").elements(Float.self) == [1, 1])
            let missing = try #require(throws: ModelFileError.self) { try weights.tensor("d") }
            #expect("\(missing)" == "\(folder.path): has no tensor 'd' in its safetensors files")
        }
    }

    @Test("a single file is read without an index, and takes precedence over one")
    func singleFilePrecedesAnIndex() throws {
        try withTemporaryFolder { folder in
            let empty = try #require(throws: ModelFileError.self) { try SafetensorsFolder(folder) }
            #expect("\(empty)".contains("has no model.safetensors"))
            try SafetensorsFile.write(
                [("x", Tensor.full([1], 4))], to: folder.appending(path: "model.safetensors"))
            #expect(try SafetensorsFolder(folder).tensor("x").item() == 4)
            try write(["a": "1.safetensors"], to: folder)
            #expect(Array(try SafetensorsFolder(folder).entries.keys) == ["x"])
        }
    }

    @Test("a missing shard, and a tensor that its shard lacks, are named")
    func missingShardIsNamed() throws {
        let missing = try message(["a": "1.safetensors", "z": "3.safetensors"])
        #expect(missing.contains("names the file '3.safetensors', which is not in"))
        let lacking = try message(["a": "1.safetensors", "b": "1.safetensors"])
        #expect(lacking.contains("says that '1.safetensors' holds 'b', which it does not"))
    }

    @Test(
        "a file outside the folder is refused",
        arguments: ["../1.safetensors", "/1.safetensors", "x/../../1.safetensors", "", ".", "x//y", "a\0b"])
    func outsideFileIsRefused(path: String) throws {
        #expect(try message(["a": path]).contains("outside its folder"))
    }

    @Test("an invalid index is refused", arguments: ["", "{}", "[1]", #"{"weight_map": {"a": 1}}"#])
    func invalidIndexIsRefused(text: String) throws {
        try withTemporaryFolder { folder in
            try Data(text.utf8).write(to: folder.appending(path: "model.safetensors.index.json"))
            let error = try #require(throws: ModelFileError.self) { try SafetensorsFolder(folder) }
            #expect("\(error)".contains("no index of safetensors files"))
        }
    }
}
