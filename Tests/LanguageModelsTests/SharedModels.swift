import Foundation
import LanguageModels
import TestSupport

/// The fetched models, loaded once for all tests. Suites that use them are isolated to this actor, so that
/// one test at a time computes with a model.
@globalActor actor SharedModels {
    static let shared = SharedModels()

    @SharedModels private static var decoder: LanguageModel?
    @SharedModels private static var encoder: SentenceEncoder?

    /// Where SmolLM2's GGUF file lies.
    static func smollm2File() throws -> URL {
        try PackageFolder.dependency("models/smollm2/SmolLM2-135M-Instruct.Q4_1.gguf")
    }

    @SharedModels static func smollm2() throws -> LanguageModel {
        let model = try decoder ?? LanguageModel(smollm2File().path)
        decoder = model
        return model
    }

    @SharedModels static func minilm() throws -> SentenceEncoder {
        let model = try encoder ?? SentenceEncoder(folder: PackageFolder.dependency("models/minilm"))
        encoder = model
        return model
    }
}
