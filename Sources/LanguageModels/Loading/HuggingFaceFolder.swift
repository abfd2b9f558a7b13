import Foundation

/// A model folder in Hugging Face layout: config.json, safetensors, tokenizer.json and what goes with them.
struct HuggingFaceFolder {
    let url: URL

    init(_ url: URL) { self.url = url }

    /// config.json as `Configuration`.
    ///
    /// - Throws: `LanguageModelError.file` naming the file, and the key that is missing or not supported.
    func configuration<Configuration: Decodable>(_: Configuration.Type) throws -> Configuration {
        let file = url.appending(path: "config.json")
        guard let data = try? Data(contentsOf: file) else {
            throw LanguageModelError.file(
                path: file.path, message: "cannot be read; expected a model's config.json")
        }
        do { return try JSONDecoder().decode(Configuration.self, from: data) } catch {
            throw LanguageModelError.file(path: file.path, message: Self.reason(error))
        }
    }

    private static func reason(_ error: any Error) -> String {
        switch error {
        case LanguageModelError.configuration(let message): message
        case DecodingError.keyNotFound(let key, _): "has no key '\(key.stringValue)'"
        case DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context):
            "has a value of another kind than expected at"
                + " '\(context.codingPath.map(\.stringValue).joined(separator: "."))'"
        default: "is not the expected JSON (\(error))"
        }
    }

    /// `model_type` of config.json.
    func family() throws -> String {
        struct Family: Decodable { var model_type: String }
        return try configuration(Family.self).model_type
    }

    /// A decoder's sizes, with the end tokens of generation_config.json joined in.
    func decoderConfiguration() throws -> DecoderConfiguration {
        struct Generation: Decodable { var eos_token_id: TokenList? }
        var configuration = try configuration(DecoderConfiguration.self)
        let more = optional("generation_config.json", as: Generation.self)?.eos_token_id?.ids ?? []
        for id in more where !configuration.endTokens.contains(id) { configuration.endTokens.append(id) }
        return configuration
    }

    /// A JSON file that a folder may lack; nil also when it cannot be read as `Content`.
    func optional<Content: Decodable>(_ name: String, as _: Content.Type) -> Content? {
        (try? Data(contentsOf: url.appending(path: name))).flatMap {
            try? JSONDecoder().decode(Content.self, from: $0)
        }
    }
}
