import Foundation
import ModelFiles
import TestSupport
import Testing
import Tokenization
import Torch

@testable import LanguageModels

/// Folders with redundant or missing settings; the golden numbers are those of transformers and
/// PEFT.
@Suite("Variants of model folders") struct ModelVariantTests {
    /// A copy of a golden folder with other keys in config.json; a nil removes the key.
    private func changed<Result>(
        _ name: String, _ keys: [String: Any?], _ body: (URL) throws -> Result
    ) throws -> Result {
        try withTemporaryFolder { temporary in
            let folder = temporary.appending(path: name)
            try FileManager.default.copyItem(at: GoldenModel.folder(name), to: folder)
            let file = folder.appending(path: "config.json")
            var object = try #require(
                JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any])
            for (key, value) in keys { object[key] = value }
            try JSONSerialization.data(withJSONObject: object).write(to: file)
            return try body(folder)
        }
    }

    private func expectGolden(_ folder: URL, _ name: String) throws {
        let found = try GoldenModel.difference(LanguageModel(folder: folder), name)
        #expect(found < GoldenModel.tolerance, "\(name)")
    }

    private func message(_ name: String, _ keys: [String: Any?]) throws -> String {
        try changed(name, keys) { folder in
            let error = try #require(throws: LanguageModelError.self) {
                try HuggingFaceFolder(folder).decoderConfiguration()
            }
            return "\(error)"
        }
    }

    private let yarn: [String: Any] = [
        "rope_type": "yarn", "factor": 4.0, "beta_fast": 8.0, "original_max_position_embeddings": 16,
    ]

    @Test("YaRN's frequencies and context length match transformers")
    func yarnMatchesTransformers() throws {
        struct Expected: Decodable {
            let frequencies: [Double]
            let attentionFactor: Double
        }
        let expected = try Golden.read("models/qwen2-yarn", as: Expected.self)
        let configuration = try HuggingFaceFolder(GoldenModel.folder("qwen2-yarn")).decoderConfiguration()
        let scaling = try #require(configuration.ropeScaling)
        let half = configuration.headWidth / 2
        let plain = (0..<half).map { Float(pow(10_000, -Double($0) / Double(half))) }
        let found = scaling.scaled(plain, theta: 10_000).map(Double.init)
        for (mine, theirs) in zip(found, expected.frequencies) { #expect(abs(mine / theirs - 1) < 1e-6) }
        #expect(found.count == expected.frequencies.count && found != plain.map(Double.init))
        #expect(abs(Double(scaling.length) - expected.attentionFactor) < 1e-6)
    }

    @Test("rope_scaling replaces rope_parameters, under the newer and the older name of its rule")
    func ropeScalingReplacesRopeParameters() throws {
        let plain: [String: Any] = ["rope_type": "default", "rope_theta": 10_000.0]
        var older = yarn
        older["rope_type"] = nil
        older["type"] = "yarn"
        for scaling in [yarn, older] {
            try changed("qwen2-yarn", ["rope_parameters": plain, "rope_scaling": scaling]) { folder in
                try expectGolden(folder, "qwen2-yarn")
            }
        }
        try changed("qwen2-yarn", ["rope_scaling": [String: Any]()]) { folder in
            try expectGolden(folder, "qwen2-yarn")
        }
    }

    @Test("contradictory settings are refused, and unsupported rules are named")
    func contradictionsAreRefused() throws {
        var based = yarn
        based["rope_theta"] = 500.0
        #expect(try message("qwen2-yarn", ["rope_scaling": based]).contains("says rope_theta twice"))
        var named = yarn
        named["type"] = "llama3"
        #expect(try message("qwen2-yarn", ["rope_scaling": named]).contains("says the rotary scaling twice"))
        for rule in ["dynamic", "longrope", "linear"] {
            let keys: [String: Any] = ["rope_scaling": ["rope_type": rule, "factor": 2.0]]
            #expect(
                try message("qwen2-yarn", keys).contains("rotary scaling '\(rule)', which is not supported"))
        }
        let empty: [String: Any] = ["rope_scaling": ["rope_type": "yarn"]]
        #expect(try message("qwen2-yarn", empty).contains("'yarn' without factor"))
    }

    @Test("a YaRN model reads back with the same numbers, and its export as GGUF is refused")
    func yarnRoundTrip() throws {
        try withTemporaryFolder { folder in
            let model = try LanguageModel(folder: GoldenModel.folder("qwen2-yarn"))
            try model.writeCheckpoint(to: folder)
            try expectGolden(folder, "qwen2-yarn")
            let error = try #require(throws: LanguageModelError.self) {
                try model.writeGGUF(to: folder.appending(path: "m.gguf"), type: .f32)
            }
            #expect("\(error)".contains("YaRN"))
        }
    }

    @Test("a stored head that differs from the embedding is kept, an equal one is tied")
    func differingHeadIsKept() throws {
        let kept = try LanguageModel(folder: GoldenModel.folder("llama-head"))
        #expect(!kept.decoder.configuration.tiesEmbedding)
        #expect(try GoldenModel.difference(kept, "llama-head") < GoldenModel.tolerance)
        try changed("llama-tied", [:]) { folder in
            let file = folder.appending(path: "model.safetensors")
            let weights = try SafetensorsFile(file)
            var tensors = try weights.entries.keys.sorted().map { (name: $0, tensor: try weights.tensor($0)) }
            tensors.append((name: "lm_head.weight", tensor: try weights.tensor("model.embed_tokens.weight")))
            let whole = folder.appending(path: "whole.safetensors")
            try SafetensorsFile.write(tensors, to: whole)
            try FileManager.default.removeItem(at: file)
            try FileManager.default.moveItem(at: whole, to: file)
            let tied = try LanguageModel(folder: folder)
            #expect(tied.decoder.configuration.tiesEmbedding)
            #expect(try GoldenModel.difference(tied, "llama-tied") < GoldenModel.tolerance)
        }
    }

    @Test("complete shards load without an index, and a missing one is named") func shardsWithoutAnIndex()
        throws
    {
        try changed("qwen3", [:]) { folder in
            let file = folder.appending(path: "model.safetensors")
            let weights = try SafetensorsFile(file)
            let tensors = try weights.entries.keys.sorted().map { (name: $0, tensor: try weights.tensor($0)) }
            let half = tensors.count / 2
            let shard = { (place: Int) in folder.appending(path: "model-0000\(place)-of-00002.safetensors") }
            try SafetensorsFile.write(Array(tensors[..<half]), to: shard(1))
            try SafetensorsFile.write(Array(tensors[half...]), to: shard(2))
            try FileManager.default.removeItem(at: file)
            try expectGolden(folder, "qwen3")
            try FileManager.default.removeItem(at: shard(2))
            let missing = try #require(throws: ModelFileError.self) { try LanguageModel(folder: folder) }
            #expect("\(missing)".contains("shard 2 of 2 is missing"))
            try FileManager.default.moveItem(at: shard(1), to: folder.appending(path: "weights.safetensors"))
            let other = try #require(throws: ModelFileError.self) { try LanguageModel(folder: folder) }
            #expect(
                "\(other)".contains("has no model.safetensors") && "\(other)".contains("weights.safetensors"))
        }
    }

    @Test("a PEFT adapter loads on its base model, with its numbers and tokenizer")
    func peftAdapterLoads() throws {
        let folder = GoldenModel.folder("qwen2-lora")
        let model = try LanguageModel(folder.path)
        #expect(try GoldenModel.difference(model, "qwen2-lora") < GoldenModel.tolerance)
        let base = try LanguageModel(folder: GoldenModel.folder("qwen2"))
        #expect(try GoldenModel.difference(base, "qwen2-lora") > 10 * GoldenModel.tolerance)
        #expect(
            try ModelLocation.fingerprint(of: folder.path)
                != ModelLocation.fingerprint(of: GoldenModel.folder("qwen2").path))
        #expect(
            try ModelLocation.tokenizer(of: folder.path).encode("the milk")
                == base.tokenizer.encode("the milk"))
    }

    @Test(
        "unsupported adapters are refused, and the error names what they require",
        arguments: [
            ("peft_type", "\"IA3\"", "of type 'IA3'"), ("use_dora", "true", "use_dora"),
            ("bias", "\"all\"", "trains biases ('all')"),
            ("modules_to_save", "[\"lm_head\"]", "saves whole modules (lm_head)"),
            ("base_model_name_or_path", "\"../nowhere\"", "nowhere"),
        ])
    func unsupportedAdaptersAreRefused(key: String, value: String, text: String) throws {
        try withTemporaryFolder { temporary in
            let folder = temporary.appending(path: "adapter")
            try FileManager.default.copyItem(at: GoldenModel.folder("qwen2-lora"), to: folder)
            let file = folder.appending(path: "adapter_config.json")
            var object = try #require(
                JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any])
            object[key] = try JSONSerialization.jsonObject(with: Data(value.utf8), options: .fragmentsAllowed)
            try JSONSerialization.data(withJSONObject: object).write(to: file)
            let error = try #require(throws: LanguageModelError.self) { try LanguageModel(folder: folder) }
            #expect("\(error)".contains(text), "\(error)")
        }
    }
}
