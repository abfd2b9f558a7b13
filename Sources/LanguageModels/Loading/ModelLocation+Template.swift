import Foundation
import ModelFiles
public import Pipeline
public import Tokenization

extension ModelLocation {
    /// The chat template that the configuration names or its model brings, without reading its weights.
    ///
    /// - Throws: `TokenizationError.unknownChatTemplate` for a `template` that is not known,
    ///   `LanguageModelError.configuration` where none is named and the model has none that is known.
    @discardableResult
    public static func template(_ configuration: TaijiConfiguration) throws -> ChatTemplate {
        guard configuration.template.isEmpty else { return try ChatTemplate(named: configuration.template) }
        let text = try templateText(of: configuration.model)
        guard let text, let template = try? ChatTemplate(recognizing: text) else {
            throw LanguageModelError.noTemplate(modelHasOne: text != nil)
        }
        return template
    }

    /// The chat template that a model brings, as it writes it.
    private static func templateText(of name: String) throws -> String? {
        switch try resolve(name) {
        case .gguf(let url): return try GGUFFile(url).metadata["tokenizer.chat_template"]?.string
        case .folder(let url):
            let folder = HuggingFaceFolder(url)
            if let adapter = try AdapterFolder(folder) { return try templateText(of: adapter.base().path) }
            return folder.templateText()
        }
    }
}
