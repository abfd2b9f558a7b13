import Foundation
import ModelFiles
import Pipeline
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

    @Test("a written checkpoint loads as the same model") func checkpointRoundTrip() throws {
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

    @Test("ids of a padded vocabulary have no text, and ids beyond it are refused") func paddedVocabulary()
        throws
    {
        try withTemporaryFolder { folder in
            let file = folder.appending(path: "padded.gguf")
            try TinyModel.ggufFile(seed: 3, padding: 6).data.write(to: file)
            let model = try LanguageModel(file.path)
            let count = Int32(model.tokenizer.vocabularySize)
            let ids = model.tokenizer.encode("milk")
            #expect(try model.text(of: [count] + ids + [count + 5]) == "milk")
            #expect(throws: TokenizationError.idOutsideVocabulary(id: count + 6, vocabularySize: Int(count)))
            {
                try model.text(of: ids + [count + 6])
            }
            // At this temperature some of 40 tokens are padding; none of them is an error.
            let configuration = SamplingConfiguration(maximumTokens: 40, temperature: 50)
            let drawn = try model.generator.generate(
                [ids], keys: [0], groupSize: 4, seed: 1, configuration: configuration)
            #expect(drawn[0].contains { $0.ids.contains { $0 >= count } })
            for completion in drawn[0] { _ = try model.text(of: completion.ids) }
        }
    }

    @Test("a missing or unknown chat template is reported before weights are read")
    func missingTemplate() throws {
        try withTemporaryFolder { folder throws in
            let file = folder.appending(path: "model.gguf")
            func message(_ template: String, named name: String = "") throws -> String {
                var written = TinyModel.ggufFile(seed: 3)
                if !template.isEmpty {
                    written.metadata.append(("tokenizer.chat_template", .string(template)))
                }
                try written.data.write(to: file)
                var configuration = TaijiConfiguration()
                (configuration.model, configuration.template) = (file.path, name)
                do { try ModelLocation.template(configuration) } catch { return "\(error)" }
                return ""
            }
            #expect(try message("").contains("brings no chat template; name one: --set template="))
            #expect(try message("{{ what }}").contains("is not one that is known"))
            #expect(try message("", named: "chatlm").contains("Unknown chat template"))
            #expect(try message("", named: "chatml").isEmpty)
            try ModelLocation.template(TaijiConfiguration())
        }
    }

    @Test("a model that cannot be found or read is named") func unreadableModelIsNamed() throws {
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
