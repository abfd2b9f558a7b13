public import Foundation
import Pipeline
import Torch

/// The state of a training loop on disk, so that a killed loop goes on with the same bytes: weights,
/// optimizer moments and whatever else the loop keeps.
///
/// Each save is a folder of its own that appears when it is whole; older ones are then removed.
public struct TrainingCheckpoint<State: Codable & Sendable> {
    private let folder: URL

    /// - Parameter folder: where checkpoints of this loop lie.
    public init(_ folder: URL) { self.folder = folder }

    /// Saves the state after `step` steps.
    public func save(step: Int, parameters: Parameters, optimizer: AdamW, state: State) throws {
        let manager = FileManager.default
        let partial = folder.appending(path: ".checkpoint.partial")
        if manager.fileExists(atPath: partial.path) { try manager.removeItem(at: partial) }
        try manager.createDirectory(at: partial, withIntermediateDirectories: true)
        try SafetensorsFile.write(parameters.named(), to: partial.appending(path: "model.safetensors"))
        try SafetensorsFile.write(optimizer.state(), to: partial.appending(path: "optimizer.safetensors"))
        try AtomicFile.write(state, json: partial.appending(path: "state.json"))
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
        try optimizer.restore(from: SafetensorsFile(url.appending(path: "optimizer.safetensors")))
        return (step, try AtomicFile.read(State.self, json: url.appending(path: "state.json")))
    }

    /// Removes what was saved; the loop is done and its result lies elsewhere.
    public func removeAll() throws {
        for (_, url) in try saved() { try FileManager.default.removeItem(at: url) }
    }

    private static var prefix: String { "checkpoint-" }

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
