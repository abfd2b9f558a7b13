public import Foundation
import ModelFiles
import Tokenization
import Torch
import TorchNN

extension LanguageModel {
    /// Writes a folder in Hugging Face layout, which transformers and servers built on it load: config.json,
    /// generation_config.json, model.safetensors, tokenizer.json, tokenizer_config.json.
    ///
    /// What the weights do not change is copied when the model came from a folder, and made from a GGUF
    /// file's metadata otherwise.
    ///
    /// - Parameter folder: a folder that exists.
    /// - Throws: `LanguageModelError.configuration` when the model cannot be said in these files,
    ///   `LanguageModelError.file` or `ModelFileError` when one cannot be written.
    public func writeCheckpoint(to folder: URL) throws {
        try SafetensorsFile.write(
            decoder.weights.named(), to: folder.appending(path: "model.safetensors"))
        try write(configurationKeys(), "config.json", in: folder)
        let copied = try source.folder.map { try Self.copyFixedFiles(from: $0, to: folder) } ?? []
        if !copied.contains("tokenizer.json") {
            try tokenizer.json().write(to: folder.appending(path: "tokenizer.json"))
        }
        if !copied.contains("tokenizer_config.json") {
            try tokenizerConfiguration().write(to: folder.appending(path: "tokenizer_config.json"))
        }
        if !copied.contains("generation_config.json") {
            try write(generationKeys(), "generation_config.json", in: folder)
        }
    }

    /// The files of a model folder that training does not change.
    private static let fixedFiles = [
        "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json",
        "chat_template.jinja", "chat_template.json", "vocab.json", "merges.txt", "generation_config.json",
    ]

    private static func copyFixedFiles(from source: URL, to folder: URL) throws -> [String] {
        try fixedFiles.filter { name in
            let file = source.appending(path: name)
            guard FileManager.default.fileExists(atPath: file.path) else { return false }
            guard file.resolvingSymlinksInPath() != folder.appending(path: name).resolvingSymlinksInPath()
            else { return true }
            do { try Data(contentsOf: file).write(to: folder.appending(path: name)) } catch {
                throw LanguageModelError.file(
                    path: file.path,
                    message: "cannot be copied to \(folder.path) (\(error.localizedDescription))")
            }
            return true
        }
    }

    private func configurationKeys() throws -> [String: Any] {
        let data = try JSONEncoder().encode(decoder.configuration)
        var keys = try JSONSerialization.jsonObject(with: data) as? [String: Any] ?? [:]
        keys["torch_dtype"] = try decoder.weights.tensors.first?.elementType.rawValue ?? "float32"
        return keys
    }

    private func generationKeys() -> [String: Any] {
        let configured = decoder.configuration.endTokens
        let ends = configured + stopTokens.sorted().map(Int.init).filter { !configured.contains($0) }
        var keys: [String: Any] = [:]
        if let begin = decoder.configuration.beginToken { keys["bos_token_id"] = begin }
        if !ends.isEmpty { keys["eos_token_id"] = ends }
        return keys
    }

    private func tokenizerConfiguration() throws -> Data {
        // A configuration may name a token that only the padding of the embedding has.
        func token(_ id: Int?) -> Int32? {
            id.flatMap { (0..<tokenizer.vocabularySize).contains($0) ? Int32($0) : nil }
        }
        return try tokenizer.configurationJSON(
            chatTemplate: source.templateText, beginToken: token(decoder.configuration.beginToken),
            endToken: token(decoder.configuration.endTokens.first),
            maximumLength: decoder.configuration.contextLength)
    }

    private func write(_ keys: [String: Any], _ name: String, in folder: URL) throws {
        let file = folder.appending(path: name)
        do {
            let options: JSONSerialization.WritingOptions = [
                .sortedKeys, .prettyPrinted, .withoutEscapingSlashes,
            ]
            try JSONSerialization.data(withJSONObject: keys, options: options).write(to: file)
        } catch {
            throw LanguageModelError.file(
                path: file.path, message: "cannot be written (\(error.localizedDescription))")
        }
    }
}
