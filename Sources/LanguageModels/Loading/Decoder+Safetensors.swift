import Foundation
import ModelFiles
import Torch

extension Decoder {
    /// A decoder with the weights of a model folder, in one file or in shards.
    ///
    /// A folder that holds a decoder without output matrix, as embedding models do, may leave out the
    /// `model.` of the names.
    ///
    /// - Throws: `LanguageModelError.file` or `ModelFileError` naming the weight that is missing, of another
    ///   shape or no number.
    convenience init(_ folder: URL, _ configuration: DecoderConfiguration, precision: WeightPrecision) throws
    {
        let weights = try SafetensorsFolder(folder)
        // A head that is stored and differs is a head, as in transformers 5, whatever the configuration says.
        var configuration = configuration
        if configuration.tiesEmbedding, weights.entries["lm_head.weight"] != nil,
            !weights.holdsEqually("lm_head.weight", "model.embed_tokens.weight")
        {
            configuration.tiesEmbedding = false
        }
        func fail(_ message: String) -> LanguageModelError { .file(path: folder.path, message: message) }
        do {
            try self.init(configuration) { name in
                let bare = String(name.trimmingPrefix("model."))
                let stored = weights.entries[name] == nil && weights.entries[bare] != nil ? bare : name
                let tensor = try weights.tensor(stored)
                let type = try tensor.elementType
                guard [.float32, .float64, .float16, .bfloat16].contains(type) else {
                    throw fail("holds weight '\(stored)' as \(type); expected float32, float16 or bfloat16")
                }
                return precision == .float32 || type == .float64 ? try tensor.to(.float32) : tensor
            }
        } catch LanguageModelError.configuration(let message) { throw fail("does not fit: \(message)") }
    }
}
