import Foundation
import ModelFiles
public import Pipeline
import Tokenization

extension ModelLocation {
    /// Looks whether the configuration's model has a chat template, without reading its weights.
    ///
    /// - Throws: `TokenizationError.unknownChatTemplate` for a `template` that is not known,
    ///   `LanguageModelError.configuration` where none is named and the model has none that is known.
    public static func checkTemplate(_ configuration: TaijiConfiguration) throws {
        guard configuration.template.isEmpty else {
            _ = try ChatTemplate(named: configuration.template)
            return
        }
        let text = try templateText(of: configuration.model)
        guard let text, (try? ChatTemplate(recognizing: text)) != nil else {
            throw LanguageModelError.noTemplate(modelHasOne: text != nil)
        }
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
