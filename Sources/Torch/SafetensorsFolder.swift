public import Foundation

/// The weights of a model folder in Hugging Face layout: model.safetensors, or the shards that
/// model.safetensors.index.json lists.
public struct SafetensorsFolder: Sendable {
    /// All tensors by name.
    public let entries: [String: SafetensorsFile.Entry]
    private let files: [String: SafetensorsFile]  // by tensor
    private let path: String

    /// The index's keys that are read.
    private struct Index: Decodable {
        let weight_map: [String: String]
    }

    /// Maps the folder's files and reads their headers.
    ///
    /// - Throws: `TorchError.file` naming the file that is missing or damaged, the tensor that its shard does not hold,
    ///   or the shard that would lie outside the folder.
    public init(_ folder: URL) throws {
        path = folder.path
        let single = folder.appending(path: "model.safetensors")
        let index = folder.appending(path: "model.safetensors.index.json")
        guard
            !FileManager.default.fileExists(atPath: single.path)
                && FileManager.default.fileExists(atPath: index.path)
        else {
            let file = try SafetensorsFile(single)
            entries = file.entries
            files = file.entries.mapValues { _ in file }
            return
        }
        func fail(_ message: String) -> TorchError { .file(path: index.path, message: message) }
        let map: [String: String]
        do { map = try JSONDecoder().decode(Index.self, from: Data(contentsOf: index)).weight_map } catch {
            throw fail("is no index of safetensors files; expected a 'weight_map' from tensors to files")
        }
        var shards: [String: SafetensorsFile] = [:]
        for shard in Set(map.values).sorted() {
            guard Self.staysInside(shard) else {
                throw fail("names the file '\(shard)', which would lie outside its folder")
            }
            let url = folder.appending(path: shard)
            guard FileManager.default.fileExists(atPath: url.path) else {
                throw fail("names the file '\(shard)', which is not in \(folder.path); fetch the model again")
            }
            shards[shard] = try SafetensorsFile(url)
        }
        var (entries, files) = ([String: SafetensorsFile.Entry](), [String: SafetensorsFile]())
        for (tensor, shard) in map.sorted(by: { $0.key < $1.key }) {
            guard let file = shards[shard], let entry = file.entries[tensor] else {
                throw fail("says that '\(shard)' holds '\(tensor)', which it does not")
            }
            (entries[tensor], files[tensor]) = (entry, file)
        }
        (self.entries, self.files) = (entries, files)
    }

    /// Whether a relative path has no step that leads out of its folder.
    private static func staysInside(_ path: String) -> Bool {
        let steps = path.split(separator: "/", omittingEmptySubsequences: false)
        return !steps.contains { $0.isEmpty || $0 == "." || $0 == ".." } && !path.utf8.contains(0)
    }

    /// One tensor in its stored type, over the mapped file, as `SafetensorsFile.tensor` gives it.
    ///
    /// - Throws: `TorchError.file` that names the tensor when it is not there.
    public func tensor(_ name: String) throws -> Tensor {
        guard let file = files[name] else {
            throw TorchError.file(path: path, message: "has no tensor '\(name)' in its safetensors files")
        }
        return try file.tensor(name)
    }
}
