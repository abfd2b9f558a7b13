/// What a finished step was made from and what it made; its presence means that the step is done.
public struct StepManifest: Codable, Sendable, Equatable {
    /// Name of the step, such as `2-activate/checkpoint`.
    public var step: String
    /// SHA-256 of everything that the step depends on, by name.
    public var inputs: [String: String]
    /// SHA-256 of every file that the step made, by path in its folder.
    public var outputs: [String: String]
}
