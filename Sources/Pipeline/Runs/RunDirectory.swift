public import Foundation

/// A run's folder: one folder a stage, one folder a step in it, each with a manifest that is written last.
///
/// A step works in a hidden sibling of its folder (`.name.partial`) and is renamed when whole, so a killed
/// run leaves nothing that looks finished. The hidden folder is kept for the next start: a long step puts
/// checkpoints there.
public struct RunDirectory: Sendable {
    /// The run's folder.
    public let url: URL

    /// - Throws: `RunError.file` when the folder cannot be made.
    public init(_ url: URL) throws {
        self.url = url
        try Self.makeFolder(url)
    }

    /// The folder of a step, whether it is done or not.
    public func folder(_ step: String) -> URL { url.appending(path: step) }

    /// The manifest of a finished step, or nil.
    public func manifest(_ step: String) throws -> StepManifest? {
        let file = folder(step).appending(path: "manifest.json")
        guard let data = try? Data(contentsOf: file) else { return nil }
        do { return try JSONDecoder().decode(StepManifest.self, from: data) } catch {
            throw RunError.file(
                path: file.path, message: "is no manifest; remove the folder to compute the step again")
        }
    }

    /// One digest of all that a finished step made, to be an input of the steps after it.
    ///
    /// - Throws: `RunError.missingStep`.
    public func fingerprint(_ step: String) throws -> String {
        guard let manifest = try manifest(step) else {
            let command =
                step.split(separator: "/").first?.split(separator: "-").last.map(String.init) ?? "run"
            throw RunError.missingStep(step: step, command: command)
        }
        return try Fingerprint.of(manifest.outputs)
    }

    /// Does a step unless it is done.
    ///
    /// - Parameters:
    ///   - step: `stage/name`.
    ///   - inputs: digests of everything that the step depends on.
    ///   - body: makes the step's files in the folder it is given, which may hold what an earlier,
    ///     interrupted call with the same inputs left.
    /// - Returns: whether the step was done now.
    /// - Throws: `RunError.stale` when it was done from other inputs; what `body` throws.
    @discardableResult
    public func perform(
        _ step: String, inputs: [String: String], body: (_ folder: URL) throws -> Void
    ) throws -> Bool {
        if let manifest = try manifest(step) {
            let names = Set(inputs.keys).union(manifest.inputs.keys).sorted()
            if let other = names.first(where: { inputs[$0] != manifest.inputs[$0] }) {
                throw RunError.stale(step: step, input: other)
            }
            return false
        }
        let final = folder(step)
        let parent = final.deletingLastPathComponent()
        try Self.makeFolder(parent)
        let partial = workFolder(step)
        try preparePartial(partial, inputs)
        try body(partial)
        try FileManager.default.removeItem(at: partial.appending(path: "inputs.json"))
        let manifest = StepManifest(step: step, inputs: inputs, outputs: try Self.digests(of: partial))
        try AtomicFile.write(Fingerprint.json(manifest), to: partial.appending(path: "manifest.json"))
        guard rename(partial.path, final.path) == 0 else {
            throw RunError.file(path: final.path, message: "cannot be put in place; remove what is there")
        }
        return true
    }

    /// The folder that a step works in until it is done.
    public func workFolder(_ step: String) -> URL {
        let final = folder(step)
        return final.deletingLastPathComponent().appending(path: ".\(final.lastPathComponent).partial")
    }

    /// Keeps an interrupted step's folder when it was made from the same inputs, else begins a new one.
    private func preparePartial(_ partial: URL, _ inputs: [String: String]) throws {
        let record = partial.appending(path: "inputs.json")
        let wanted = try Fingerprint.json(inputs)
        if let found = try? Data(contentsOf: record), found == wanted { return }
        if FileManager.default.fileExists(atPath: partial.path) {
            try FileManager.default.removeItem(at: partial)
        }
        try Self.makeFolder(partial)
        try AtomicFile.write(wanted, to: record)
    }

    /// What a step took, in any step's folder. It differs from run to run, so no digest covers it.
    public static let timingsFile = "timings.jsonl"

    private static func digests(of folder: URL) throws -> [String: String] {
        var digests: [String: String] = [:]
        let base = folder.resolvingSymlinksInPath().path + "/"
        let files = FileManager.default.enumerator(
            at: folder, includingPropertiesForKeys: [.isRegularFileKey])
        while let file = files?.nextObject() as? URL {
            guard try file.resourceValues(forKeys: [.isRegularFileKey]).isRegularFile == true else {
                continue
            }
            if file.lastPathComponent == timingsFile { continue }
            let path = file.resolvingSymlinksInPath().path
            digests[String(path.dropFirst(base.count))] = try SHA256Digest.hex(ofFile: file)
        }
        return digests
    }

    private static func makeFolder(_ url: URL) throws {
        do { try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true) } catch {
            throw RunError.file(path: url.path, message: "cannot be made (\(error.localizedDescription))")
        }
    }
}

extension RunDirectory {
    /// Makes a step of another run this run's own, by a link: what two runs have in common is done once.
    ///
    /// - Throws: `RunError.missingStep` when the other run has not done it; `RunError.file` when the link cannot be made.
    public func adopt(_ step: String, from other: RunDirectory) throws {
        _ = try other.fingerprint(step)
        let link = folder(step)
        if FileManager.default.fileExists(atPath: link.path) { return }
        do {
            try FileManager.default.createDirectory(
                at: link.deletingLastPathComponent(), withIntermediateDirectories: true)
            // A link from an earlier place of the folders leads nowhere.
            try? FileManager.default.removeItem(at: link)
            try FileManager.default.createSymbolicLink(
                at: link, withDestinationURL: other.folder(step).standardizedFileURL)
        } catch {
            throw RunError.file(
                path: link.path, message: "cannot be linked to another run (\(error.localizedDescription))")
        }
    }
}
