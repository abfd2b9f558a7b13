import Foundation
import Pipeline

extension ModelLocation {
    /// SHA-256 of a model's file, or of its folder's weights and configuration.
    public static func fingerprint(of name: String) throws -> String {
        switch try resolve(name) {
        case .gguf(let url): return try SHA256Digest.hex(ofFile: url)
        case .folder(let url):
            let files = try FileManager.default.contentsOfDirectory(at: url, includingPropertiesForKeys: nil)
                .filter { ["json", "safetensors"].contains($0.pathExtension) }
                .sorted { $0.lastPathComponent < $1.lastPathComponent }
            let digests = try files.map { try SHA256Digest.hex(ofFile: $0) }
            // An adapter is its base model's too.
            let base = try AdapterFolder(HuggingFaceFolder(url)).map { try fingerprint(of: $0.base().path) }
            return try Fingerprint.of(digests + [base].compactMap { $0 })
        }
    }
}
