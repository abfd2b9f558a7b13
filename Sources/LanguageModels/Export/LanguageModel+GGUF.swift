public import Foundation
import ModelFiles
import Tokenization
import Torch
import TorchNN

extension LanguageModel {
    /// Writes the model with its tokenizer and chat template as one GGUF file, which llama.cpp loads.
    ///
    /// - Parameter type: the form of the matrices.
    /// - Throws: `LanguageModelError.configuration` for a number or a tokenizer that the file cannot hold,
    ///   `ModelFileError` when the file cannot be written.
    public func writeGGUF(to url: URL, type: GGUFExportType) throws {
        let configuration = decoder.configuration
        if case .yarn = configuration.ropeScaling {
            throw LanguageModelError.configuration(
                "the model's rotary scaling is YaRN, which is not written to GGUF files; export a folder")
        }
        var metadata: [(key: String, value: GGUFValue)] = [
            ("general.architecture", .string(configuration.family.rawValue)),
            ("general.type", .string("model")),
            ("general.name", .string(url.deletingPathExtension().lastPathComponent)),
            ("general.file_type", .integer(type.fileType)), ("general.quantization_version", .integer(2)),
        ]
        metadata += configuration.ggufMetadata
        metadata += try tokenizerMetadata()
        var tensors = try zip(decoder.parameters.names, decoder.parameters.tensors).map { name, tensor in
            ExportedTensor(
                try GGUFTensorNames.gguf(name), tensor, as: type.stored(tensor.shape),
                interleavingHeads: configuration.interleavedHeads(name))
        }
        if let divisors = configuration.rotaryDivisors {
            tensors.append(
                ExportedTensor(
                    "rope_freqs.weight", try Tensor.from(divisors, shape: [divisors.count]), as: .f32))
        }
        let encoder = GGUFEncoder(metadata: metadata, items: tensors.map(\.item))
        try encoder.write(to: url) { index, output in try tensors[index].forEachChunk(output.append) }
    }

    private func tokenizerMetadata() throws -> [(key: String, value: GGUFValue)] {
        let configuration = decoder.configuration
        let splitting = tokenizer.preTokenizer
        // Throws for one that has no name in a GGUF file.
        _ = try PreTokenizer(ggufName: splitting.rawValue)
        let vocabulary = try ExportedVocabulary(json: tokenizer.json(), count: configuration.vocabularySize)
        // llama.cpp puts the begin token before every prompt of Llama 3 unless told not to, as transformers
        // does.
        let addsBegin = configuration.beginToken != nil && splitting == .llama3
        var pairs: [(key: String, value: GGUFValue)] = [
            ("model", .string("gpt2")), ("pre", .string(splitting.rawValue)),
            ("tokens", .strings(vocabulary.tokens)), ("token_type", .integers(vocabulary.types)),
            ("merges", .strings(vocabulary.merges)), ("add_bos_token", .bool(addsBegin)),
        ]
        if let begin = configuration.beginToken { pairs.append(("bos_token_id", .integer(begin))) }
        for (key, token) in zip(["eos", "eot", "eom"], endTokensInOrder) {
            pairs.append(("\(key)_token_id", .integer(token)))
        }
        pairs = pairs.map { ("tokenizer.ggml.\($0.key)", $0.value) }
        if let text = source.templateText { pairs.append(("tokenizer.chat_template", .string(text))) }
        return pairs
    }
}

extension LanguageModel {
    /// The configuration's first end token, then the one that ends a turn, then the others.
    fileprivate var endTokensInOrder: [Int] {
        let ends = decoder.configuration.endTokens
        let wanted = Array(ends.prefix(1)) + [endOfTurn.map(Int.init)].compactMap { $0 } + ends
        var seen = Set<Int>()
        return wanted.filter { seen.insert($0).inserted }
    }
}

extension DecoderConfiguration {
    /// The sizes under llama.cpp's keys.
    fileprivate var ggufMetadata: [(key: String, value: GGUFValue)] {
        var pairs: [(key: String, value: GGUFValue)] = [
            ("block_count", .integer(layerCount)), ("context_length", .integer(contextLength)),
            ("embedding_length", .integer(width)), ("feed_forward_length", .integer(feedForwardWidth)),
            ("attention.head_count", .integer(headCount)),
            ("attention.head_count_kv", .integer(keyValueHeadCount)),
            ("attention.key_length", .integer(headWidth)), ("attention.value_length", .integer(headWidth)),
            ("attention.layer_norm_rms_epsilon", .real(normEpsilon)),
            ("rope.dimension_count", .integer(headWidth)), ("rope.freq_base", .real(ropeTheta)),
            ("vocab_size", .integer(vocabularySize)),
        ]
        if case .llama3(let rule) = ropeScaling {
            pairs.append(("rope.scaling.original_context_length", .integer(rule.originalContextLength)))
        }
        return pairs.map { ("\(family.rawValue).\($0.key)", $0.value) }
    }

    /// The heads of a weight whose rows `llama` of llama.cpp wants in another order; nil for all other
    /// weights.
    fileprivate func interleavedHeads(_ name: String) -> Int? {
        guard family == .llama else { return nil }
        if name.contains(".q_proj.") { return headCount }
        return name.contains(".k_proj.") ? keyValueHeadCount : nil
    }

    /// What llama.cpp divides each rotary frequency by; nil without scaling.
    fileprivate var rotaryDivisors: [Float]? {
        guard let ropeScaling else { return nil }
        let half = headWidth / 2
        let frequencies = (0..<half).map { Float(pow(ropeTheta, -Double($0) / Double(half))) }
        return zip(frequencies, ropeScaling.scaled(frequencies, theta: ropeTheta)).map { $0 / $1 }
    }
}
