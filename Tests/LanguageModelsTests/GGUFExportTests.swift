import Foundation
import ModelFiles
import TestSupport
import Testing
import Tokenization
import Torch
import TorchNN

@testable import LanguageModels

@Suite struct GGUFExportTests {
    /// Exports a golden model and gives the file to `body`.
    private func withExport(
        _ name: String, _ type: GGUFExportType, _ body: (LanguageModel, URL) throws -> Void
    ) throws {
        try withTemporaryFolder { folder in
            let model = try LanguageModel(folder: GoldenModel.folder(name))
            let url = folder.appending(path: "\(name).gguf")
            try model.writeGGUF(to: url, type: type)
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["\(name).gguf"])
            try body(model, url)
        }
    }

    @Test("a model exported as float32 is the same model", arguments: GoldenModel.exportable)
    func float32ExportIsExact(name: String) throws {
        try withExport(name, .f32) { model, url in
            let read = try LanguageModel(url.path)
            #expect(read.decoder.parameters.names == model.decoder.parameters.names)
            for (name, (found, expected)) in zip(
                model.decoder.parameters.names,
                zip(read.decoder.parameters.tensors, model.decoder.parameters.tensors))
            {
                #expect(try found.elements(Float.self) == expected.elements(), "\(name)")
            }
            #expect(try GoldenModel.difference(read, name) < GoldenModel.tolerance)
            var configuration = read.decoder.configuration
            configuration.endTokens.sort()
            var expected = model.decoder.configuration
            expected.endTokens = Set(expected.endTokens + [model.endOfTurn.map(Int.init)].compactMap { $0 })
                .sorted()
            #expect(configuration == expected)
            let text = "<|im_start|>user\nthe the 12 é<|im_end|>"
            #expect(read.tokenizer.encode(text) == model.tokenizer.encode(text))
            #expect(read.stopTokens == model.stopTokens)
        }
    }

    @Test("rows of queries and keys are reordered for llama only", arguments: GoldenModel.exportable)
    func onlyLlamaIsReordered(name: String) throws {
        try withExport(name, .f32) { model, url in
            let file = try GGUFFile(url)
            let configuration = model.decoder.configuration
            for (part, heads) in [("q", configuration.headCount), ("k", configuration.keyValueHeadCount)] {
                let index = try #require(
                    model.decoder.parameters.names.firstIndex(
                        of: "model.layers.0.self_attn.\(part)_proj.weight"))
                let rows: [Float] = try model.decoder.parameters.tensors[index].elements()
                let (width, half) = (configuration.width, configuration.headWidth / 2)
                var expected = rows
                if configuration.family == .llama {
                    expected = []
                    for head in 0..<heads {
                        for i in 0..<half {
                            for row in [2 * half * head + i, 2 * half * head + i + half] {
                                expected += rows[row * width..<(row + 1) * width]
                            }
                        }
                    }
                    #expect(expected != rows)
                }
                #expect(try file.values("blk.0.attn_\(part).weight") == expected)
            }
        }
    }

    @Test("the metadata has what llama.cpp requires") func metadataSuitsLlamaCpp() throws {
        try withExport("qwen3", .q8_0) { model, url in
            let file = try GGUFFile(url)
            let configuration = model.decoder.configuration
            #expect(file.metadata["general.architecture"] == .string("qwen3"))
            #expect(file.metadata["general.file_type"] == .integer(7))
            #expect(file.metadata["qwen3.attention.key_length"] == .integer(configuration.headWidth))
            #expect(file.metadata["qwen3.rope.freq_base"] == .real(1_000_000))
            #expect(file.metadata["tokenizer.ggml.model"] == .string("gpt2"))
            #expect(file.metadata["tokenizer.ggml.pre"] == .string(model.tokenizer.preTokenizer.rawValue))
            let tokens = try file.required("tokenizer.ggml.tokens", \.strings)
            let types = try file.required("tokenizer.ggml.token_type", \.integers)
            #expect(tokens.count == configuration.vocabularySize && types.count == tokens.count)
            #expect(file.tensors["token_embd.weight"]?.type == .q8_0)
            #expect(file.tensors["blk.0.attn_q_norm.weight"]?.type == .f32)
            #expect(file.tensors["rope_freqs.weight"] == nil)
        }
        try withExport("qwen2", .f16) { _, url in
            let file = try GGUFFile(url)
            #expect(file.tensors["blk.1.attn_k.bias"]?.type == .f32)
            #expect(file.tensors["blk.1.ffn_up.weight"]?.type == .f16)
            #expect(file.metadata["general.file_type"] == .integer(1))
        }
    }

    @Test("Llama 3's rotary scaling is written as divisors") func llama3ScalingIsWrittenAsDivisors()
        throws
    {
        try withExport("llama3", .f32) { model, url in
            let divisors = try GGUFFile(url).values("rope_freqs.weight")
            #expect(divisors.count == model.decoder.configuration.headWidth / 2)
            #expect(divisors.first == 1)
            #expect(try abs(#require(divisors.last) - 8) < 1e-5)
        }
    }

    @Test("float16 and Q8_0 give the results of the rounded weights", arguments: GoldenModel.exportable)
    func narrowTypesMatchRoundedWeights(name: String) throws {
        for (type, share) in [(GGUFExportType.f16, Float(1) / 2048), (.q8_0, Float(1) / 200)] {
            try withExport(name, type) { model, url in
                let read = try LanguageModel(url.path)
                for (name, (found, expected)) in zip(
                    model.decoder.parameters.names,
                    zip(read.decoder.parameters.tensors, model.decoder.parameters.tensors))
                {
                    let (found, expected) = (
                        try found.elements(Float.self), try expected.elements(Float.self)
                    )
                    let largest = expected.map(abs).max() ?? 0
                    let error = zip(found, expected).map { abs($0 - $1) }.max() ?? 0
                    #expect(error <= largest * share, "\(name)")
                    #expect(error > 0 || expected.count < 64, "\(name): nothing was rounded")
                }
            }
        }
    }

    @Test("a number that the type cannot represent is refused, and no file is left behind")
    func unrepresentableNumberIsRefused() throws {
        try withTemporaryFolder { folder in
            let model = try LanguageModel(folder: GoldenModel.folder("llama-tied"))
            let cases: [(Double, GGUFExportType, String)] = [
                (1e6, .f16, "too large for f16"), (1e9, .q8_0, "too large for q8_0"),
                (.infinity, .f32, "not finite"),
                (.nan, .q8_0, "not finite"),
            ]
            for (number, type, fragment) in cases {
                let weight = model.decoder.parameters.tensors[0]
                try withoutGrad { try weight.copy(from: Tensor.full(weight.shape, number)) }
                let url = folder.appending(path: "x.gguf")
                let error = try #require(throws: LanguageModelError.self) {
                    try model.writeGGUF(to: url, type: type)
                }
                #expect("\(error)".contains("'token_embd.weight'") && "\(error)".contains(fragment))
                #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
            }
            let nowhere = folder.appending(path: "no/such/x.gguf")
            let error = try #require(throws: ModelFileError.self) {
                try model.writeGGUF(to: nowhere, type: .f32)
            }
            #expect("\(error)".hasPrefix("\(nowhere.path): cannot be written"))
        }
    }

    @Test("ids without a token become unused tokens, and more tokens than ids are refused")
    func idsWithoutTokensBecomeUnused() throws {
        let json = Data(
            #"""
            {"added_tokens": [{"id": 4, "content": "<end>", "special": true}, {"id": 1, "content": "b", \#
            "special": false}],
             "model": {"vocab": {"a": 0, "b": 1, "ab": 2}, "merges": [["a", "b"], "ab c"]}}
            """#.utf8)
        let vocabulary = try ExportedVocabulary(json: json, count: 6)
        #expect(vocabulary.tokens == ["a", "b", "ab", "[PAD3]", "<end>", "[PAD5]"])
        #expect(vocabulary.types == [1, 4, 1, 5, 3, 5])
        #expect(vocabulary.merges == ["a b", "ab c"])
        #expect(throws: LanguageModelError.self) { try ExportedVocabulary(json: json, count: 4) }
        #expect(throws: LanguageModelError.self) { try ExportedVocabulary(json: Data("{}".utf8), count: 4) }
    }
}
