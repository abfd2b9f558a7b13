import Foundation

/// A run at work: its folder with the settings that it is made with.
///
/// Steps are made through it, so that what a step depends on is worked out from its declaration alone.
public final class Run {
    /// The run's folder.
    public let directory: RunDirectory
    /// The settings.
    public let configuration: TaijiConfiguration
    /// Where work is shown.
    public let progress: RunProgress
    private let digest: OutsideDigest
    /// Kept as long as the run is at work.
    private let lock: RunLock?
    private let lender: RunDirectory?
    private var digests: [OutsideFiles: String] = [:]

    /// The digest of files from outside of a run.
    public typealias OutsideDigest = (OutsideFiles, TaijiConfiguration) throws -> String

    /// - Parameters:
    ///   - lock: of the folder; nil where several commands may work in it.
    ///   - lender: another run, from which finished steps are adopted that are made from the same.
    ///   - digest: called once for each kind of files that a step reads.
    public init(
        _ directory: RunDirectory, _ configuration: TaijiConfiguration, progress: RunProgress,
        lock: RunLock? = nil, lender: RunDirectory? = nil, digest: @escaping OutsideDigest
    ) {
        self.directory = directory
        self.configuration = configuration
        self.progress = progress
        self.lock = lock
        self.lender = lender
        self.digest = digest
    }

    /// What a finished step made.
    ///
    /// - Throws: `RunError.missingStep`, which names the command that makes it.
    public func output<Output>(of step: Step<Output>) throws -> Output { try directory.output(of: step) }

    /// Makes a step unless it is done.
    ///
    /// - Parameters:
    ///   - borrowed: digests of what it reads of other runs, by name.
    ///   - body: makes the files. The folder may hold what an earlier, interrupted call left that was made
    ///     from the same.
    /// - Throws: `RunError.stale` when it was made from something else; what `body` throws.
    @discardableResult
    public func make<Output>(
        _ step: Step<Output>, borrowing borrowed: [String: String] = [:], _ body: (Output) throws -> Void
    ) throws -> Output {
        var origin = try origin(of: step.declaration)
        origin.files.merge(borrowed) { _, new in new }
        if let lender { try directory.adopt(step.declaration, from: lender, origin: origin) }
        try directory.perform(step.declaration, from: origin) { try body(Output(folder: $0)) }
        return Output(folder: directory.folder(step.declaration))
    }

    /// Whether this run has a step.
    public func needs(_ step: some AnyStep) -> Bool { step.declaration.isNeeded(configuration) }

    /// What a step is made from in this run.
    ///
    /// - Throws: `RunError.missingStep` for a step that it reads and that is not done.
    public func origin(of step: StepDeclaration) throws -> StepOrigin {
        var origin = StepOrigin(
            settings: try configuration.settings(under: step.settings, without: step.excluded))
        for source in step.sources where source.isNeeded(configuration) {
            origin.steps[source.path] = try directory.fingerprint(source)
        }
        for files in step.files { origin.files[files.rawValue] = try outsideDigest(files) }
        return origin
    }

    private func outsideDigest(_ files: OutsideFiles) throws -> String {
        if let known = digests[files] { return known }
        let digest = try digest(files, configuration)
        digests[files] = digest
        return digest
    }
}
