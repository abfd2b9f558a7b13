import Foundation
import ModelFiles
import TestSupport
import Testing
import Tokenization
import Torch
import TorchNN

@testable import LanguageModels

@Suite struct CheckpointTests {
    private let text = "<|im_start|>user\nthe the 12 é<|im_end|>"

    private func logits(_ model: LanguageModel) throws -> [Float] {
        try withoutGrad { try model.decoder.logits(model.tokenizer.encode(text)).elements() }
    }

    @Test("a written checkpoint is the same model") func aWrittenCheckpointIsTheSameModel() throws {
        try withTemporaryFolder { folder in
            let gguf = folder.appending(path: "tiny.gguf")
            try TinyModel.ggufFile(seed: 1).data.write(to: gguf)
            let model = try LanguageModel(gguf.path)
            let checkpoint = folder.appending(path: "checkpoint")
            try FileManager.default.createDirectory(at: checkpoint, withIntermediateDirectories: false)
            try model.writeCheckpoint(to: checkpoint)
            let read = try LanguageModel(checkpoint.path)
            #expect(read.decoder.configuration == model.decoder.configuration)
            #expect(read.tokenizer.encode(text) == model.tokenizer.encode(text))
            #expect(try logits(read) == logits(model))
            #expect(read.stopTokens == model.stopTokens)

            try withoutGrad { for tensor in read.decoder.parameters.tensors { try tensor.scale(by: 0.5) } }
            #expect(try logits(read) != logits(model))
            try read.decoder.weights.load(
                from: SafetensorsFile(checkpoint.appending(path: "model.safetensors")))
            #expect(try logits(read) == logits(model))
        }
    }

    @Test("a model that cannot be found or read is named") func aModelThatCannotBeFoundOrReadIs() throws {
        func message(_ body: () throws -> Void) throws -> String {
            "\(try #require(throws: (any Error).self, performing: body))"
        }
        #expect(
            try message { _ = try LanguageModel("no-such-model") }.hasPrefix("no-such-model: is no GGUF file")
        )
        try withTemporaryFolder { folder in
            #expect(
                try message { _ = try LanguageModel(folder: folder) }.contains("config.json: cannot be read"))
            try Data(#"{"model_type": "llama", "hidden_size": 4}"#.utf8).write(
                to: folder.appending(path: "config.json"))
            #expect(try message { _ = try LanguageModel(folder: folder) }.contains("has no key '"))
            let url = folder.appending(path: "other.gguf")
            var file = TinyModel.ggufFile(seed: 1)
            file.metadata[0].value = .string("mamba")
            try file.data.write(to: url)
            #expect(
                try message { _ = try LanguageModel(url.path) }.contains(
                    "architecture 'mamba'; expected one of llama"))
            file = TinyModel.ggufFile(seed: 1)
            file.tensors.removeLast()
            try file.data.write(to: url)
            #expect(
                try message { _ = try LanguageModel(url.path) }.contains("has no tensor 'output_norm.weight'")
            )
            file = TinyModel.ggufFile(seed: 1)
            file.metadata.removeAll { $0.key == "llama.context_length" }
            try file.data.write(to: url)
            #expect(
                try message { _ = try LanguageModel(url.path) }.contains(
                    "has no metadata 'llama.context_length'"))
        }
    }
}
