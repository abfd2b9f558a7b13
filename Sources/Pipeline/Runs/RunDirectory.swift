public import Foundation

/// A run's folder: one folder per stage, one folder per step in it, each with a manifest that is written
/// last.
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
    public func folder(_ step: StepDeclaration) -> URL { url.appending(path: step.path) }

    /// What a finished step made.
    ///
    /// - Throws: `RunError.missingStep`.
    public func output<Output>(of step: Step<Output>) throws -> Output {
        guard let output = try finished(step) else { throw missing(step.declaration) }
        return output
    }

    /// What a step made; nil where it is not done.
    public func finished<Output>(_ step: Step<Output>) throws -> Output? {
        try manifest(step.declaration).map { _ in Output(folder: folder(step.declaration)) }
    }

    /// The manifest of a finished step, or nil.
    public func manifest(_ step: StepDeclaration) throws -> StepManifest? {
        let file = folder(step).appending(path: Self.manifestFile)
        guard let data = try? Data(contentsOf: file) else { return nil }
        do { return try JSONDecoder().decode(StepManifest.self, from: data) } catch {
            throw RunError.file(
                path: file.path,
                message: "is not a manifest of this version; use another --run folder, or remove this step's "
                    + "folder to compute it again")
        }
    }

    /// One digest of everything that a finished step made, which is part of what later steps are made from.
    ///
    /// - Throws: `RunError.missingStep`.
    public func fingerprint(_ step: StepDeclaration) throws -> String {
        guard let manifest = try manifest(step) else { throw missing(step) }
        return try Fingerprint.of(manifest.outputs)
    }

    private func missing(_ step: StepDeclaration) -> RunError {
        .missingStep(step: step.path, command: step.stage.command)
    }

    /// Does a step unless it is done.
    ///
    /// - Parameters:
    ///   - origin: everything that the step is made from.
    ///   - body: makes the step's files in the folder it is given, which may hold what an earlier,
    ///     interrupted call with the same origin left.
    /// - Returns: whether the step was done now.
    /// - Throws: `RunError.stale` when it was made from something else; what `body` throws.
    @discardableResult
    public func perform(
        _ step: StepDeclaration, from origin: StepOrigin, body: (_ folder: URL) throws -> Void
    ) throws -> Bool {
        if let manifest = try manifest(step) {
            if let difference = try Self.difference(manifest.origin, origin) {
                throw RunError.stale(step: step.path, difference: difference)
            }
            return false
        }
        let final = folder(step)
        try Self.makeFolder(final.deletingLastPathComponent())
        let partial = workFolder(step)
        try preparePartial(partial, origin)
        try body(partial)
        try FileManager.default.removeItem(at: partial.appending(path: Self.originFile))
        let manifest = StepManifest(step: step.path, origin: origin, outputs: try Self.digests(of: partial))
        try AtomicFile.write(Fingerprint.json(manifest), to: partial.appending(path: Self.manifestFile))
        guard rename(partial.path, final.path) == 0 else {
            throw RunError.file(path: final.path, message: "cannot be put in place; remove what is there")
        }
        return true
    }

    /// The folder that a step works in until it is done.
    public func workFolder(_ step: StepDeclaration) -> URL {
        let final = folder(step)
        return final.deletingLastPathComponent().appending(path: ".\(final.lastPathComponent).partial")
    }

    /// Keeps an interrupted step's folder when it was made from the same, else begins a new one.
    private func preparePartial(_ partial: URL, _ origin: StepOrigin) throws {
        let record = partial.appending(path: Self.originFile)
        if let data = try? Data(contentsOf: record),
            let found = try? JSONDecoder().decode(StepOrigin.self, from: data),
            try Self.difference(found, origin) == nil
        {
            return
        }
        if FileManager.default.fileExists(atPath: partial.path) {
            try FileManager.default.removeItem(at: partial)
        }
        try Self.makeFolder(partial)
        try AtomicFile.write(Fingerprint.json(origin), to: record)
    }

    private static func difference(_ old: StepOrigin, _ new: StepOrigin) throws -> String? {
        old == new ? nil : old.difference(to: new, defaults: try TaijiConfiguration().settings(under: [""]))
    }

    private static let manifestFile = "manifest.json"
    private static let originFile = "origin.json"
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
    /// Makes a finished step of another run this run's own, by a link, where it was made from the same: what
    /// two runs have in common is done once.
    ///
    /// - Returns: whether this run has the step now.
    /// - Throws: `RunError.file` when the link cannot be made.
    @discardableResult
    public func adopt(_ step: StepDeclaration, from other: RunDirectory, origin: StepOrigin) throws -> Bool {
        if try manifest(step) != nil { return true }
        guard other.url != url, let manifest = try other.manifest(step),
            try Self.difference(manifest.origin, origin) == nil
        else { return false }
        let link = folder(step)
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
        return true
    }
}

extension RunDirectory {
    private var settingsFile: URL { url.appending(path: "settings.yaml") }

    /// The settings that the newest command in the folder had, as a configuration file; nil where there is
    /// none.
    public func savedSettings() throws -> URL? {
        FileManager.default.fileExists(atPath: settingsFile.path) ? settingsFile : nil
    }

    /// Keeps a command's settings for those that use the finished run.
    public func save(_ configuration: TaijiConfiguration) throws {
        try AtomicFile.write(Fingerprint.json(configuration), to: settingsFile)
    }
}
