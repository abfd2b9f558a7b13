import Foundation
import TestSupport
import Testing
import Torch

@testable import LanguageModels

@Suite struct EncoderFamilyTests {
    private struct Inputs: Decodable, Sendable {
        let text: String
        let instruction: String?
    }
    private struct BERTExpected: Decodable, Sendable {
        let ids: [Int32]
        let mean: [Double]
        let cls: [Double]
    }
    private struct DecoderExpected: Decodable, Sendable {
        let ids: [Int32]
        let embedding: [Double]
    }

    private func copy(_ name: String, _ files: [String: String] = [:], _ body: (URL) throws -> Void) throws {
        try withTemporaryFolder { temporary in
            let folder = temporary.appending(path: name)
            try FileManager.default.copyItem(at: GoldenModel.folder(name), to: folder)
            for (file, text) in files { try Data(text.utf8).write(to: folder.appending(path: file)) }
            try body(folder)
        }
    }

    @Test("an embedding decoder matches the reference, with and without an instruction")
    func embeddingDecoderMatchesReference() throws {
        let encoder = try SentenceEncoder(folder: GoldenModel.folder("qwen3-embedding"))
        let cases = try Golden.cases("models/qwen3-embedding", Inputs.self, DecoderExpected.self)
        #expect(encoder.width == 32)
        #expect(cases.contains { $0.inputs.instruction != nil })
        for example in cases {
            let (text, instruction) = (example.inputs.text, example.inputs.instruction)
            #expect(try encoder.tokens(of: text, instruction: instruction) == example.expected.ids)
            let found = try encoder.embed([text], instruction: instruction).map(Double.init)
            #expect(difference(found, example.expected.embedding) < Tolerance.float32, "\(example.name)")
        }
        let plain = cases.filter { $0.inputs.instruction == nil }
        #expect(plain.count >= 3)
        let together = try encoder.embed(plain.map(\.inputs.text)).map(Double.init)
        #expect(difference(together, plain.flatMap(\.expected.embedding)) < Tolerance.float32)
    }

    @Test("BERT pools as its folder says and truncates at its number of positions")
    func bertPoolsAsItsFolderSays() throws {
        let cases = try Golden.cases("models/bert", Inputs.self, BERTExpected.self)
        let texts = cases.map(\.inputs.text)
        let mean = try SentenceEncoder(folder: GoldenModel.folder("bert"))
        for example in cases { #expect(try mean.tokens(of: example.inputs.text) == example.expected.ids) }
        #expect(cases.map(\.expected.ids.count).max() == 24)
        let means = try mean.embed(texts).map(Double.init)
        #expect(difference(means, cases.flatMap(\.expected.mean)) < Tolerance.float32)
        for modes in [
            #"{"pooling_mode_cls_token": true, "pooling_mode_mean_tokens": false}"#,
            #"{"pooling_mode": "cls", "word_embedding_dimension": 32}"#,
        ] {
            try copy("bert", ["1_Pooling/config.json": modes]) { folder in
                let found = try SentenceEncoder(folder: folder).embed(texts).map(Double.init)
                #expect(difference(found, cases.flatMap(\.expected.cls)) < Tolerance.float32)
            }
        }
        #expect(difference(cases[1].expected.mean, cases[1].expected.cls) > 0.01)
    }

    @Test("a default prompt precedes texts without an instruction")
    func defaultPromptPrecedesTexts() throws {
        let prompts = #"{"prompts": {"query": "the "}, "default_prompt_name": "query"}"#
        try copy("bert", ["config_sentence_transformers.json": prompts]) { folder in
            let plain = try SentenceEncoder(folder: GoldenModel.folder("bert"))
            let prompted = try SentenceEncoder(folder: folder)
            #expect(try prompted.tokens(of: "milk") == plain.tokens(of: "the milk"))
        }
    }

    @Test("a truncated text keeps its end token") func longTextKeepsItsEndToken() throws {
        try copy("qwen3-embedding", ["sentence_bert_config.json": #"{"max_seq_length": 9}"#]) { folder in
            let encoder = try SentenceEncoder(folder: folder)
            let text = String(repeating: "the milk ", count: 20)
            let whole = try SentenceEncoder(folder: GoldenModel.folder("qwen3-embedding")).tokens(of: text)
            #expect(try encoder.tokens(of: text) == whole.prefix(8) + [0])
            #expect(whole.count > 20)
        }
    }

    @Test("unsupported pooling and an instruction to BERT are refused")
    func unsupportedPoolingIsRefused() throws {
        func message(_ name: String, _ files: [String: String]) throws -> String {
            var text = "no error"
            try copy(name, files) { folder in
                do { _ = try SentenceEncoder(folder: folder) } catch { text = "\(error)" }
            }
            return text
        }
        let pooling = "1_Pooling/config.json"
        let maximum = try message("bert", [pooling: #"{"pooling_mode_max_tokens": true}"#])
        #expect(maximum.contains(#"pools by ["max_tokens"]; expected one of mean_tokens"#))
        let both = #"{"pooling_mode_cls_token": true, "pooling_mode_mean_tokens": true}"#
        #expect(try message("bert", [pooling: both]).contains("cls_token"))
        #expect(try message("bert", [pooling: #"{"pooling_mode": "lasttoken"}"#]).contains("pools the last"))
        let first = try message("qwen3-embedding", [pooling: #"{"pooling_mode": "cls"}"#])
        #expect(first.contains("which has read nothing; expected lasttoken or mean"))
        let dense = #"[{"path": "2_Dense", "type": "sentence_transformers.models.Dense"}]"#
        #expect(try message("bert", ["modules.json": dense]).contains("has a module 'Dense'"))
        #expect(try message("bert", ["config.json": #"{"model_type": "t5"}"#]).contains("is a 't5' model"))
        let encoder = try SentenceEncoder(folder: GoldenModel.folder("bert"))
        let error = #expect(throws: LanguageModelError.self) {
            _ = try encoder.embed(["milk"], instruction: "find")
        }
        #expect("\(try #require(error))".contains("takes no instruction"))
    }
}
