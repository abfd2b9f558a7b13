import Foundation
import ModelFiles
import TestSupport
import Testing
import Torch
import TorchNN

@testable import LanguageModels
@testable import Tokenization

/// The same models from other files: shards, narrower types, checkpoints, GGUF.
@Suite struct FamilyFileTests {
    /// A weight rounded to bfloat16 moves by up to 2⁻⁹ of itself and these models' logits are sums of 32 to
    /// 40 products over two layers: log-probabilities of −5 … −40 move by up to about 0.2 of `difference`.
    private let bfloat16Tolerance = 0.3
    /// A weight rounded to float16 moves by up to 2⁻¹² of itself, an eighth of bfloat16.
    private let float16Tolerance = 0.04

    @Test("a sharded model is the same model", arguments: GoldenModel.decoders)
    func shardedModelIsTheSame(name: String) throws {
        try withTemporaryFolder { folder in
            let sharded = folder.appending(path: name)
            let weights = try GoldenModel.copy(name, to: sharded)
            var places: [String: String] = [:]
            for shard in 0..<3 {
                let file = "model-0000\(shard + 1)-of-00003.safetensors"
                let part = weights.indices.filter { $0 % 3 == shard }.map { weights[$0] }
                try SafetensorsFile.write(part, to: sharded.appending(path: file))
                for (name, _) in part { places[name] = file }
            }
            try JSONEncoder().encode(["weight_map": places])
                .write(to: sharded.appending(path: "model.safetensors.index.json"))
            let model = try LanguageModel(folder: sharded)
            #expect(try GoldenModel.difference(model, name) < GoldenModel.tolerance)
        }
    }

    @Test(
        "bfloat16 and float16 files give the results of the rounded weights", arguments: GoldenModel.decoders)
    func halfPrecisionFilesMatchRoundedWeights(name: String) throws {
        for (type, tolerance) in [(ElementType.bfloat16, bfloat16Tolerance), (.float16, float16Tolerance)] {
            try withTemporaryFolder { folder in
                let narrow = folder.appending(path: name)
                let weights = try GoldenModel.copy(name, to: narrow).map { ($0.name, try $0.tensor.to(type)) }
                try SafetensorsFile.write(weights, to: narrow.appending(path: "model.safetensors"))
                let rounded = Dictionary(uniqueKeysWithValues: weights)
                let model = try LanguageModel(folder: narrow)
                for (name, tensor) in model.decoder.weights.named() {
                    let expected: [Float] = try #require(rounded[name]).to(.float32).elements()
                    #expect(try tensor.elements() == expected, "\(name)")
                }
                let difference = try GoldenModel.difference(model, name)
                #expect(difference < tolerance, "\(type)")
                #expect(difference > GoldenModel.tolerance, "\(type): nothing was rounded")
                let stored = try LanguageModel(folder: narrow, precision: .stored)
                #expect(try stored.decoder.weights.tensors[0].elementType == type)
                #expect(stored.decoder.computation.productType == nil)
                let composed = try Device.composing {
                    try LanguageModel(folder: narrow, precision: .stored)
                }
                #expect(composed.decoder.computation.productType == (type == .bfloat16 ? type : nil))
                for example in try GoldenModel.cases(name) {
                    let ids = example.inputs.ids
                    let (wide, kept) = try withoutGrad {
                        (try model.decoder.logits(ids), try stored.decoder.logits(ids))
                    }
                    let (first, second): ([Float], [Float]) = (try wide.elements(), try kept.elements())
                    #expect(
                        TestSupport.difference(second.map(Double.init), first.map(Double.init))
                            < GoldenModel.tolerance)
                }
            }
        }
    }

    @Test("a written checkpoint of every family loads as the same model", arguments: GoldenModel.decoders)
    func checkpointRoundTripOfEveryFamily(name: String) throws {
        try withTemporaryFolder { folder in
            let model = try LanguageModel(folder: GoldenModel.folder(name))
            try model.writeCheckpoint(to: folder)
            let read = try LanguageModel(folder: folder)
            #expect(read.decoder.configuration == model.decoder.configuration)
            #expect(read.stopTokens == model.stopTokens)
            #expect(read.template == model.template)
            #expect(try GoldenModel.difference(read, name) < GoldenModel.tolerance)
            let tokenizer = try Data(contentsOf: folder.appending(path: "tokenizer.json"))
            #expect(
                try tokenizer
                    == Data(contentsOf: GoldenModel.folder(name).appending(path: "tokenizer.json")))
        }
    }

    @Test("a GGUF file of every family loads as the same model", arguments: GoldenModel.exportable)
    func ggufRoundTripOfEveryFamily(name: String) throws {
        try withTemporaryFolder { folder in
            let file = folder.appending(path: "model.gguf")
            try GGUFWriter(golden: name).data.write(to: file)
            let model = try LanguageModel(file.path)
            let original = try LanguageModel(folder: GoldenModel.folder(name))
            var expected = original.decoder.configuration
            expected.endTokens = Array(expected.endTokens.prefix(1))
            #expect(model.decoder.configuration == expected)
            #expect(try GoldenModel.difference(model, name) < GoldenModel.tolerance)
            #expect(model.tokenizer.encode("the milk") == original.tokenizer.encode("the milk"))

            let checkpoint = folder.appending(path: "checkpoint")
            try FileManager.default.createDirectory(at: checkpoint, withIntermediateDirectories: false)
            try model.writeCheckpoint(to: checkpoint)
            let read = try LanguageModel(folder: checkpoint)
            #expect(read.decoder.configuration == model.decoder.configuration)
            #expect(read.tokenizer.encode("the milk 12") == original.tokenizer.encode("the milk 12"))
            #expect(try GoldenModel.difference(read, name) < GoldenModel.tolerance)
        }
    }

    @Test("a weight of the wrong shape is named") func misfittingWeightIsNamed() throws {
        func message(_ name: String, _ change: (inout [String: Tensor]) throws -> Void) throws -> String {
            try withTemporaryFolder { folder in
                let changed = folder.appending(path: name)
                var weights = Dictionary(uniqueKeysWithValues: try GoldenModel.copy(name, to: changed))
                try change(&weights)
                let pairs = weights.map { (name: $0.key, tensor: $0.value) }
                try SafetensorsFile.write(pairs, to: changed.appending(path: "model.safetensors"))
                var text = ""
                do { _ = try LanguageModel(folder: changed) } catch { text = "\(error)" }
                return text
            }
        }
        let bias = "model.layers.1.self_attn.k_proj.bias"
        let short = try message("qwen2") { $0[bias] = try Tensor.zeros([15]) }
        #expect(short.contains("weight '\(bias)' is [15]; its configuration asks for [16]"))
        let missing = try message("qwen2") { $0[bias] = nil }
        #expect(missing.contains("has no tensor '\(bias)'"))
        let norm = "model.layers.0.self_attn.q_norm.weight"
        #expect(try message("qwen3") { $0[norm] = nil }.contains("has no tensor '\(norm)'"))
        let whole = try message("llama3") { $0["lm_head.weight"] = try Tensor.zeros([72, 32], type: .int64) }
        #expect(whole.contains("holds weight 'lm_head.weight' as int64; expected float32"))
        let query = "model.layers.0.self_attn.q_proj.weight"
        let flat = try message("llama-tied") { $0[query] = try Tensor.zeros([32]) }
        #expect(flat.contains("weight '\(query)' is [32]"))
        // GGUF: the rows that are put back in order first.
        try withTemporaryFolder { folder in
            var writer = try GGUFWriter(golden: "llama-tied")
            let index = try #require(writer.tensors.firstIndex { $0.name == "blk.1.attn_q.weight" })
            writer.tensors[index] = .init(
                name: "blk.1.attn_q.weight", shape: [31, 32], floats: Array(repeating: 1, count: 31 * 32))
            let file = folder.appending(path: "model.gguf")
            try writer.data.write(to: file)
            let error = #expect(throws: LanguageModelError.self) { _ = try LanguageModel(file.path) }
            #expect("\(try #require(error))".contains("model.layers.1.self_attn.q_proj.weight' is [31, 32]"))
        }
    }
}

extension GGUFWriter {
    /// A golden decoder as llama.cpp's converter would write it.
    init(golden name: String) throws {
        let folder = GoldenModel.folder(name)
        let c = try HuggingFaceFolder(folder).decoderConfiguration()
        let family = c.family.rawValue
        struct Vocabulary: Decodable {
            struct Model: Decodable {
                var vocab: [String: Int]
                var merges: [String]
            }

            var model: Model
        }
        let data = try Data(contentsOf: folder.appending(path: "tokenizer.json"))
        let vocabulary = try JSONDecoder().decode(Vocabulary.self, from: data).model
        let tokens = vocabulary.vocab.sorted { $0.value < $1.value }.map(\.key)
        metadata = [
            ("general.architecture", .string(family)), ("\(family).block_count", .integer(c.layerCount)),
            ("\(family).embedding_length", .integer(c.width)),
            ("\(family).attention.head_count", .integer(c.headCount)),
            ("\(family).attention.head_count_kv", .integer(c.keyValueHeadCount)),
            ("\(family).attention.key_length", .integer(c.headWidth)),
            ("\(family).attention.value_length", .integer(c.headWidth)),
            ("\(family).feed_forward_length", .integer(c.feedForwardWidth)),
            ("\(family).context_length", .integer(c.contextLength)),
            ("\(family).rope.freq_base", .real(c.ropeTheta)),
            ("\(family).attention.layer_norm_rms_epsilon", .real(c.normEpsilon)),
            ("tokenizer.ggml.model", .string("gpt2")), ("tokenizer.ggml.pre", .string("smollm")),
            ("tokenizer.ggml.tokens", .strings(tokens)),
            ("tokenizer.ggml.merges", .strings(vocabulary.merges)),
            ("tokenizer.ggml.token_type", .integers(tokens.map { $0.hasPrefix("<|") ? 3 : 1 })),
            ("tokenizer.ggml.bos_token_id", .integer(c.beginToken ?? 0)),
            ("tokenizer.ggml.eos_token_id", .integer(c.endTokens[0])),
        ]
        if case .llama3(let rule) = c.ropeScaling {
            let half = c.headWidth / 2
            let plain = (0..<half).map { Float(pow(c.ropeTheta, -Double($0) / Double(half))) }
            let divisors = zip(plain, rule.scaled(plain)).map { $0 / $1 }
            tensors.append(.init(name: "rope_freqs.weight", shape: [half], floats: divisors))
            metadata.append(
                ("\(family).rope.scaling.original_context_length", .integer(rule.originalContextLength)))
        }
        let weights = try SafetensorsFile(folder.appending(path: "model.safetensors"))
        for name in weights.entries.keys.sorted() {
            let tensor = try weights.tensor(name)
            let heads = name.contains("q_proj") ? c.headCount : c.keyValueHeadCount
            let isReordered = c.family == .llama && (name.contains("q_proj") || name.contains("k_proj"))
            let rows: [Float] =
                try isReordered
                ? Self.neighbours(tensor, heads: heads).elements() : tensor.elements()
            tensors.append(.init(name: Self.name(name), shape: tensor.shape, floats: rows))
        }
    }

    /// Rows i and i + d/2 of a head become neighbours.
    private static func neighbours(_ weight: Tensor, heads: Int) throws -> Tensor {
        let (rows, columns) = try weight.shape2
        return try weight.reshaped(heads, 2, rows / heads / 2, columns).transposed(1, 2)
            .reshaped(rows, columns).contiguous()
    }

    private static func name(_ name: String) -> String {
        let parts = [
            ("model.embed_tokens", "token_embd"), ("model.norm", "output_norm"), ("lm_head", "output"),
            ("model.layers", "blk"), ("self_attn.o_proj", "attn_output"), ("self_attn.q_proj", "attn_q"),
            ("self_attn.k_proj", "attn_k"), ("self_attn.v_proj", "attn_v"),
            ("self_attn.q_norm", "attn_q_norm"),
            ("self_attn.k_norm", "attn_k_norm"), ("input_layernorm", "attn_norm"),
            ("post_attention_layernorm", "ffn_norm"), ("mlp.gate_proj", "ffn_gate"),
            ("mlp.up_proj", "ffn_up"),
            ("mlp.down_proj", "ffn_down"),
        ]
        return parts.reduce(name) { $0.replacingOccurrences(of: $1.0, with: $1.1) }
    }
}
