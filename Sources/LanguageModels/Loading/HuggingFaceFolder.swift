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

    /// The chat template as the folder writes it: chat_template.jinja, or a key of tokenizer_config.json.
    func templateText() -> String? {
        if let data = try? Data(contentsOf: url.appending(path: "chat_template.jinja")) {
            return String(decoding: data, as: UTF8.self)
        }
        return optional("tokenizer_config.json", as: TemplateKey.self)?.text
            ?? optional("chat_template.json", as: TemplateKey.self)?.text
    }

    /// `chat_template`: one text, or a list of named ones.
    private struct TemplateKey: Decodable {
        struct Named: Decodable { var name, template: String }

        var text: String?

        init(from decoder: any Swift.Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            if let named = try? container.decode([Named].self, forKey: .chat_template) {
                text = named.first { $0.name == "default" }?.template
            } else {
                text = try container.decodeIfPresent(String.self, forKey: .chat_template)
            }
        }

        private enum CodingKeys: String, CodingKey { case chat_template }
    }

    /// A JSON file that a folder may lack; nil also when it cannot be read as `Content`.
    func optional<Content: Decodable>(_ name: String, as _: Content.Type) -> Content? {
        try? ifPresent(name, as: Content.self)
    }

    /// A JSON file that a folder may lack.
    ///
    /// - Throws: `LanguageModelError.file` when it is there and is not what is expected.
    func ifPresent<Content: Decodable>(_ name: String, as _: Content.Type) throws -> Content? {
        let file = url.appending(path: name)
        guard let data = try? Data(contentsOf: file) else { return nil }
        do { return try JSONDecoder().decode(Content.self, from: data) } catch {
            throw LanguageModelError.file(path: file.path, message: Self.reason(error))
        }
    }
}
