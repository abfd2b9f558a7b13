import Foundation

/// A model folder in Hugging Face layout: config.json, model.safetensors, tokenizer.json.
struct HuggingFaceFolder {
    let url: URL

    init(_ url: URL) { self.url = url }

    /// config.json as `Configuration`.
    ///
    /// - Throws: `LanguageModelError.file` naming the file, and the key that is missing.
    func configuration<Configuration: Decodable>(_: Configuration.Type) throws -> Configuration {
        let file = url.appending(path: "config.json")
        guard let data = try? Data(contentsOf: file) else {
            throw LanguageModelError.file(
                path: file.path, message: "cannot be read; expected a model's config.json")
        }
        do { return try JSONDecoder().decode(Configuration.self, from: data) } catch {
            let reason =
                if case .keyNotFound(let key, _) = error as? DecodingError {
                    "has no key '\(key.stringValue)'"
                } else {
                    "is not the expected JSON (\(error))"
                }
            throw LanguageModelError.file(path: file.path, message: reason)
        }
    }

    /// `model_type` of config.json.
    func family() throws -> String {
        struct Family: Decodable { var model_type: String }
        return try configuration(Family.self).model_type
    }
}
