import Foundation
import ModelFiles

extension ModelLocation {
    /// A decoder's sizes, without reading its weights.
    ///
    /// - Throws: an error that names the file that is missing or damaged.
    public static func decoderConfiguration(of name: String) throws -> DecoderConfiguration {
        switch try resolve(name) {
        case .gguf(let url): return try DecoderConfiguration(GGUFFile(url))
        case .folder(let url):
            let folder = HuggingFaceFolder(url)
            if let adapter = try AdapterFolder(folder) {
                return try decoderConfiguration(of: adapter.base().path)
            }
            return try folder.decoderConfiguration()
        }
    }

    /// Numbers in the tensors of a model, without reading them.
    ///
    /// - Throws: an error that names the file that is missing or damaged.
    public static func parameterCount(of name: String) throws -> Int {
        switch try resolve(name) {
        case .gguf(let url):
            return try GGUFFile(url).tensors.values.reduce(0) { $0 + $1.shape.reduce(1, *) }
        case .folder(let url):
            if let adapter = try AdapterFolder(HuggingFaceFolder(url)) {
                return try parameterCount(of: adapter.base().path)
            }
            return try SafetensorsFolder(url).entries.values.reduce(0) { $0 + $1.shape.reduce(1, *) }
        }
    }
}
