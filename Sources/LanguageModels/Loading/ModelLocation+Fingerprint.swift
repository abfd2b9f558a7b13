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
            return try Fingerprint.of(files.map { try SHA256Digest.hex(ofFile: $0) })
        }
    }
}
