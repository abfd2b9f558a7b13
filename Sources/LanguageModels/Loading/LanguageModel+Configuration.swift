public import Foundation
public import Pipeline
import Tokenization

extension LanguageModel {
    /// The model of a run, with the chat format that the configuration names, if it names one.
    ///
    /// - Parameters:
    ///   - checkpoint: a folder that an earlier step wrote; nil for the model that the run begins with.
    ///   - precision: the type of the weights in memory; training needs float32.
    /// - Throws: as `init(_:precision:template:)`, and `TokenizationError.unknownChatTemplate` for another
    ///   name.
    public convenience init(
        _ configuration: TaijiConfiguration, checkpoint: URL? = nil, precision: WeightPrecision = .float32
    ) throws {
        let template =
            configuration.template.isEmpty ? nil : try ChatTemplate(named: configuration.template)
        if let checkpoint {
            try self.init(folder: checkpoint, precision: precision, template: template)
        } else {
            try self.init(configuration.model, precision: precision, template: template)
        }
    }

    /// Another model, with the chat format that the configuration names, if it names one, and with
    /// its weights as they are stored.
    ///
    /// - Parameter location: a GGUF file, a model folder, or a short name.
    /// - Throws: as the other initializer.
    public convenience init(_ location: String, _ configuration: TaijiConfiguration) throws {
        try self.init(
            location, precision: .stored,
            template: configuration.template.isEmpty ? nil : ChatTemplate(named: configuration.template))
    }
}
