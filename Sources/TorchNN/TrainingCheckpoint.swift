public import Foundation
import ModelFiles
import Pipeline
import Torch

/// The state of a training loop on disk, so that a killed loop goes on with the same bytes: weights,
/// optimizer moments and whatever else the loop keeps.
///
/// Each save is a folder of its own that appears when it is whole; older ones are then removed.
public struct TrainingCheckpoint<State: Codable & Sendable> {
    private let folder: URL
    private let group: ProcessGroup

    /// - Parameters:
    ///   - folder: where checkpoints of this loop lie; one that all processes of the group see.
    ///   - group: whose processes save together, each the optimizer's state of its own shard.
    public init(_ folder: URL, group: ProcessGroup = .alone) {
        self.folder = folder
        self.group = group
    }

    /// Saves the state after `step` steps; every process of the group calls it.
    public func save(step: Int, parameters: Parameters, optimizer: AdamW, state: State) throws {
        let manager = FileManager.default
        let partial = folder.appending(path: ".checkpoint.partial")
        if group.isFirst {
            if manager.fileExists(atPath: partial.path) { try manager.removeItem(at: partial) }
            try manager.createDirectory(at: partial, withIntermediateDirectories: true)
        }
        try group.meet()
        let shard = group.size > 1 ? "\(Self.optimizer)-\(group.rank)" : Self.optimizer
        try SafetensorsFile.write(
            optimizer.state(), to: partial.appending(path: "\(shard).safetensors"))
        if group.isFirst {
            try SafetensorsFile.write(parameters.named(), to: partial.appending(path: "model.safetensors"))
            try AtomicFile.write(state, json: partial.appending(path: "state.json"))
        }
        try group.meet()
        if group.isFirst { try put(partial, step: step) }
        try group.meet()
    }

    /// Gives a whole checkpoint its name and removes older ones.
    private func put(_ partial: URL, step: Int) throws {
        let manager = FileManager.default
        let older = try saved()
        let final = folder.appending(path: "\(Self.prefix)\(step)")
        guard rename(partial.path, final.path) == 0 else {
            throw RunError.file(path: final.path, message: "cannot be put in place")
        }
        for (_, url) in older where url.lastPathComponent != final.lastPathComponent {
            try manager.removeItem(at: url)
        }
    }

    /// Restores the newest state.
    ///
    /// - Returns: the steps done and the loop's own state, or nil when nothing was saved.
    public func restore(parameters: Parameters, optimizer: AdamW) throws -> (step: Int, state: State)? {
        guard let (step, url) = try saved().last else { return nil }
        try parameters.load(from: SafetensorsFile(url.appending(path: "model.safetensors")))
        let files = try FileManager.default.contentsOfDirectory(at: url, includingPropertiesForKeys: nil)
            .filter { $0.lastPathComponent.hasPrefix(Self.optimizer) }
            .sorted { $0.lastPathComponent < $1.lastPathComponent }
        try optimizer.restore(from: files.map { try SafetensorsFile($0) })
        return (step, try AtomicFile.read(State.self, json: url.appending(path: "state.json")))
    }

    /// Removes what was saved; the loop is done and its result lies elsewhere.
    public func removeAll() throws {
        guard group.isFirst else { return }
        for (_, url) in try saved() { try FileManager.default.removeItem(at: url) }
    }

    private static var prefix: String { "checkpoint-" }
    private static var optimizer: String { "optimizer" }

    /// Whole checkpoints, oldest first.
    private func saved() throws -> [(step: Int, url: URL)] {
        guard FileManager.default.fileExists(atPath: folder.path) else { return [] }
        return try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
            .compactMap { url in
                guard url.lastPathComponent.hasPrefix(Self.prefix),
                    let step = Int(url.lastPathComponent.dropFirst(Self.prefix.count))
                else { return nil }
                return (step, url)
            }
            .sorted { $0.step < $1.step }
    }
}
