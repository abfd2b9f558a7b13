public import Foundation

/// The weights of a model folder in Hugging Face layout: model.safetensors, or the shards that
/// model.safetensors.index.json lists, or shards that are all there.
public struct SafetensorsFolder: Sendable {
    /// All tensors by name.
    public let entries: [String: SafetensorsEntry]
    private let files: [String: SafetensorsFile]  // by tensor
    private let path: String

    /// The index's keys that are read.
    private struct Index: Decodable {
        let weight_map: [String: String]
    }

    /// Maps the folder's files and reads their headers.
    ///
    /// Shards without an index are taken where all of them are there.
    ///
    /// - Throws: `ModelFileError` naming the file that is missing or damaged, the tensor that its shard does
    ///   not hold, or the shard that would lie outside the folder.
    public init(_ folder: URL) throws {
        path = folder.path
        let single = folder.appending(path: "model.safetensors")
        let index = folder.appending(path: "model.safetensors.index.json")
        let exists = { (url: URL) in FileManager.default.fileExists(atPath: url.path) }
        if exists(single) {
            let file = try SafetensorsFile(single)
            (entries, files) = (file.entries, file.entries.mapValues { _ in file })
        } else if exists(index) {
            (entries, files) = try Self.indexed(index, in: folder)
        } else {
            (entries, files) = try Self.unindexed(in: folder)
        }
    }

    private typealias Contents = (entries: [String: SafetensorsEntry], files: [String: SafetensorsFile])

    private static func indexed(_ index: URL, in folder: URL) throws -> Contents {
        func fail(_ message: String) -> ModelFileError {
            ModelFileError(path: index.path, message: message)
        }
        let map: [String: String]
        do { map = try JSONDecoder().decode(Index.self, from: Data(contentsOf: index)).weight_map } catch {
            throw fail("is no index of safetensors files; expected a 'weight_map' from tensors to files")
        }
        var shards: [String: SafetensorsFile] = [:]
        for shard in Set(map.values).sorted() {
            guard staysInside(shard) else {
                throw fail("names the file '\(shard)', which would lie outside its folder")
            }
            let url = folder.appending(path: shard)
            guard FileManager.default.fileExists(atPath: url.path) else {
                throw fail("names the file '\(shard)', which is not in \(folder.path); fetch the model again")
            }
            shards[shard] = try SafetensorsFile(url)
        }
        var found: Contents = ([:], [:])
        for (tensor, shard) in map.sorted(by: { $0.key < $1.key }) {
            guard let file = shards[shard], let entry = file.entries[tensor] else {
                throw fail("says that '\(shard)' holds '\(tensor)', which it does not")
            }
            (found.entries[tensor], found.files[tensor]) = (entry, file)
        }
        return found
    }

    /// Shards `model-00001-of-00003.safetensors` whose index is missing.
    private static func unindexed(in folder: URL) throws -> Contents {
        func fail(_ message: String) -> ModelFileError {
            ModelFileError(path: folder.path, message: message)
        }
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
            .filter { $0.hasSuffix(".safetensors") }.sorted()
        let parts = names.compactMap { $0.wholeMatch(of: /model-(\d+)-of-(\d+)\.safetensors/) }
        guard let total = parts.first.flatMap({ Int($0.2) }) else {
            let others = names.isEmpty ? "" : "; it has \(names.joined(separator: ", "))"
            throw fail(
                "has no model.safetensors, no model.safetensors.index.json and no shards "
                    + "model-00001-of-….safetensors\(others)")
        }
        let present = Set(parts.filter { Int($0.2) == total }.compactMap { Int($0.1) })
        if let missing = (1...max(1, total)).first(where: { !present.contains($0) }) {
            throw fail(
                "has shards without an index, and shard \(missing) of \(total) is missing; fetch the model "
                    + "again"
            )
        }
        var found: Contents = ([:], [:])
        for part in parts where Int(part.2) == total {
            let file = try SafetensorsFile(folder.appending(path: String(part.0)))
            for (tensor, entry) in file.entries {
                guard found.entries[tensor] == nil else {
                    throw fail("holds '\(tensor)' in two shards; fetch the model again")
                }
                (found.entries[tensor], found.files[tensor]) = (entry, file)
            }
        }
        return found
    }

    /// Whether two tensors are the same, bit by bit.
    public func holdsEqually(_ first: String, _ second: String) -> Bool {
        guard let a = entries[first], let b = entries[second], a.type == b.type, a.shape == b.shape else {
            return false
        }
        return files[first]?.bytes(first).elementsEqual(
            files[second]?.bytes(second) ?? .init(start: nil, count: 0))
            ?? false
    }

    /// Whether a relative path has no step that leads out of its folder.
    private static func staysInside(_ path: String) -> Bool {
        let steps = path.split(separator: "/", omittingEmptySubsequences: false)
        return !steps.contains { $0.isEmpty || $0 == "." || $0 == ".." } && !path.utf8.contains(0)
    }

    /// The shard that holds a tensor.
    ///
    /// - Throws: `ModelFileError` that names the tensor when none does.
    public func file(holding name: String) throws -> SafetensorsFile {
        guard let file = files[name] else {
            throw ModelFileError(
                path: path, message: "has no tensor '\(name)' in its safetensors files")
        }
        return file
    }
}
