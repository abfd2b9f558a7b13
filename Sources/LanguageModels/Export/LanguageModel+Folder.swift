public import Foundation
import ModelFiles
public import Torch
import TorchNN

extension LanguageModel {
    /// Writes a model folder in Hugging Face layout, which appears under its name only when it is whole.
    ///
    /// - Parameters:
    ///   - folder: a folder that does not exist or is empty.
    ///   - type: float32, bfloat16 or float16; nil to keep the weights' own.
    /// - Throws: `LanguageModelError.file` when something is already there or cannot be written, and what
    ///   `writeCheckpoint` throws.
    public func writeFolder(to folder: URL, type: ElementType? = nil) throws {
        let manager = FileManager.default
        if manager.fileExists(atPath: folder.path) {
            let files = try? manager.contentsOfDirectory(atPath: folder.path)
            guard files?.isEmpty == true else {
                throw LanguageModelError.file(
                    path: folder.path, message: "is already there; name a folder that is new or empty")
            }
        }
        let name = folder.standardizedFileURL.lastPathComponent
        let partial = folder.standardizedFileURL.deletingLastPathComponent().appending(
            path: ".\(name).partial")
        do {
            if manager.fileExists(atPath: partial.path) { try manager.removeItem(at: partial) }
            try manager.createDirectory(at: partial, withIntermediateDirectories: true)
            try writeCheckpoint(to: partial)
            if let type { try convert(partial, to: type) }
            // Takes the place of an empty folder.
            guard rename(partial.path, folder.path) == 0 else {
                throw LanguageModelError.file(path: folder.path, message: "cannot be put in place")
            }
        } catch {
            try? manager.removeItem(at: partial)
            if error is CocoaError {
                throw LanguageModelError.file(
                    path: folder.path, message: "cannot be written (\(error.localizedDescription))")
            }
            throw error
        }
    }

    /// Rewrites the weights of a checkpoint in another type, and says so in its config.json.
    private func convert(_ folder: URL, to type: ElementType) throws {
        let weights = folder.appending(path: "model.safetensors")
        let file = try SafetensorsFile(weights)
        let tensors = try file.entries.keys.sorted().map { (name: $0, tensor: try file.tensor($0)) }
        for (name, tensor) in tensors { try Self.check(tensor, fits: type, name) }
        try SafetensorsFile.write(tensors, as: type, to: weights)
        let url = folder.appending(path: "config.json")
        guard var keys = try JSONSerialization.jsonObject(with: Data(contentsOf: url)) as? [String: Any]
        else {
            return
        }
        keys["torch_dtype"] = type.rawValue
        try JSONSerialization.data(
            withJSONObject: keys, options: [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        ).write(to: url)
    }

    private static func check(_ tensor: Tensor, fits type: ElementType, _ name: String) throws {
        let largest = try tensor.to(type).to(.float32).withElements(Float.self) { numbers in
            numbers.reduce(Float(0)) { max($0, abs($1)) }
        }
        guard largest.isFinite else {
            throw LanguageModelError.configuration(
                "the weight '\(name)' holds a number that is too large for \(type); export it as f32")
        }
    }
}
