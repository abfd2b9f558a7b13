import Foundation
import ModelFiles
import TestSupport
import Testing
import Tokenization
import Torch
import TorchNN

@testable import LanguageModels

@Suite struct FamilyTests {
    @Test("log-probabilities of every family match transformers", arguments: GoldenModel.decoders)
    func everyFamilyMatchesTransformers(name: String) throws {
        let model = try LanguageModel(folder: GoldenModel.folder(name))
        #expect(try GoldenModel.difference(model, name) < GoldenModel.tolerance)
        for example in try GoldenModel.cases(name) {
            let ids = example.inputs.ids
            let group = try PackedGroup(prompt: [ids[0]], continuations: [Array(ids.dropFirst())])
            let scored = try withoutGrad { try model.decoder.logProbabilities(group).perContinuation()[0] }
            #expect(
                difference(scored.map(Double.init), example.expected.tokenLogProbabilities)
                    < GoldenModel.tolerance, "\(example.name)")
        }
    }

    @Test(
        "tokens fed one by one have the same log-probabilities, alone and in a batch",
        arguments: GoldenModel.decoders)
    func tokenByTokenMatchesTransformers(name: String) throws {
        let decoder = try LanguageModel(folder: GoldenModel.folder(name)).decoder
        let cases = try GoldenModel.cases(name)
        #expect(cases.count >= 3)
        for promptLength in [1, 4] {
            let expected = cases.map { Array($0.expected.tokenLogProbabilities.dropFirst(promptLength - 1)) }
            let together = try GoldenModel.stepwise(
                decoder, cases.map(\.inputs.ids), promptLength: promptLength)
            for (index, example) in cases.enumerated() {
                let alone = try GoldenModel.stepwise(
                    decoder, [example.inputs.ids], promptLength: promptLength)
                #expect(difference(alone[0], expected[index]) < GoldenModel.tolerance, "\(example.name)")
                #expect(
                    difference(together[index], expected[index]) < GoldenModel.tolerance, "\(example.name)")
            }
        }
    }

    @Test("each family is recognized with its settings") func familiesAreRecognized() throws {
        let read = { try HuggingFaceFolder(GoldenModel.folder($0)).decoderConfiguration() }
        let (tied, llama3) = (try read("llama-tied"), try read("llama3"))
        let (qwen2, qwen3) = (try read("qwen2"), try read("qwen3"))
        #expect([tied, llama3, qwen2, qwen3].map(\.family) == [.llama, .llama, .qwen2, .qwen3])
        #expect([tied, llama3, qwen2, qwen3].map(\.tiesEmbedding) == [true, false, false, false])
        #expect([tied, llama3, qwen2, qwen3].map(\.hasAttentionBias) == [false, false, true, false])
        #expect([tied, llama3, qwen2, qwen3].map(\.hasQueryKeyNorm) == [false, false, false, true])
        #expect([tied, llama3, qwen2, qwen3].map(\.headWidth) == [8, 16, 8, 16])
        #expect([tied, qwen2, qwen3].allSatisfy { $0.ropeScaling == nil && $0.endTokens == [2] })
        #expect([tied, qwen2, qwen3].map(\.ropeTheta) == [10_000, 1_000_000, 1_000_000])
        // config.json says 0 and 2, generation_config.json 0, 1 and 2.
        #expect(llama3.endTokens == [0, 2, 1])
        #expect(
            llama3.ropeScaling
                == .llama3(
                    Llama3Scaling(
                        factor: 8, lowFrequencyFactor: 1, highFrequencyFactor: 4, originalContextLength: 48)))
    }

    @Test("a folder's chat template defines the end of a turn, and a missing one is an error")
    func chatTemplateEndsTurns() throws {
        let chat = try withTemporaryFolder { temporary in
            // A configuration that ends documents but not turns.
            let folder = temporary.appending(path: "qwen2")
            try FileManager.default.copyItem(at: GoldenModel.folder("qwen2"), to: folder)
            let file = folder.appending(path: "config.json")
            let text = try String(contentsOf: file, encoding: .utf8)
            try text.replacing("\"eos_token_id\": 2", with: "\"eos_token_id\": 0")
                .write(to: file, atomically: true, encoding: .utf8)
            return try LanguageModel(folder: folder)
        }
        #expect(chat.decoder.configuration.endTokens == [0])
        #expect(chat.endOfTurn == 2)
        #expect(chat.stopTokens == [0, 2])
        let prompt = try chat.promptTokens(user: "Milk")
        #expect(try chat.tokenizer.decode(prompt).hasSuffix("user\nMilk<|im_end|>\n<|im_start|>assistant\n"))
        let bare = try LanguageModel(folder: GoldenModel.folder("llama3"))
        #expect(bare.template == nil)
        #expect(bare.stopTokens == [0, 1, 2])
        let error = #expect(throws: LanguageModelError.self) { _ = try bare.promptTokens(user: "Milk") }
        #expect("\(try #require(error))".contains("brings no chat template; name one: --set template="))
        let given = try LanguageModel(folder: GoldenModel.folder("llama3"), template: .chatML)
        #expect(try given.promptTokens(user: "Milk").count > 4)
    }
}

@Suite struct RotaryScalingTests {
    private struct File: Decodable { let frequencies: [Float] }

    private let rule = Llama3Scaling(
        factor: 8, lowFrequencyFactor: 1, highFrequencyFactor: 4, originalContextLength: 48)
    private let plain = (0..<8).map { Float(pow(2000, -Double($0) / 8)) }

    /// One multiplication of float32 rounds by 6e-8; the rule has seven.
    private let tolerance = 1e-6

    @Test("Llama 3's rotary frequencies match transformers") func llama3FrequenciesMatchTransformers()
        throws
    {
        let expected = try Golden.read("models/llama3", as: File.self).frequencies
        let found = RotaryScaling.llama3(rule).scaled(plain, theta: 2000)
        #expect(relativeDifference(found.map(Double.init), expected.map(Double.init)) < tolerance)
        let ratios = zip(plain, found).map { $0 / $1 }
        #expect(ratios.first == 1)
        #expect(ratios.last == 8)
        #expect(ratios.contains { $0 > 1.1 && $0 < 7.9 })
    }

    @Test("divisors of a GGUF file become the rule that produces them, or stay divisors")
    func divisorsBecomeTheirRule() {
        let divisors = zip(plain, RotaryScaling.llama3(rule).scaled(plain, theta: 2000)).map { $0 / $1 }
        #expect(RotaryScaling(divisors: divisors, theta: 2000, originalLengths: [8192, 48]) == .llama3(rule))
        let other = RotaryScaling(divisors: divisors, theta: 2000, originalLengths: [8192])
        #expect(other == .divisors(divisors))
        let scaled = other.scaled(plain, theta: 2000).map(Double.init)
        let expected = RotaryScaling.llama3(rule).scaled(plain, theta: 2000).map(Double.init)
        #expect(relativeDifference(scaled, expected) < tolerance)
    }
}
