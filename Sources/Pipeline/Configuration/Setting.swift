/// A part of the configuration whose settings are declared, each once: from the declarations follow reading,
/// validation and the reference that `taiji config` prints.
public protocol ConfigurationSection: Codable, Sendable, Equatable {
    /// The defaults.
    init()
    /// Every setting of the section, in the order in which the reference shows them: the section's own first,
    /// then the sections below it.
    static var settings: [Setting<Self>] { get }
    /// Checks what no setting can know alone.
    ///
    /// - Parameter path: the section's own path, with a dot at its end unless it is empty.
    /// - Throws: `ConfigurationError.invalid` naming the first setting that does not fit the others.
    func checkTogether(_ path: String) throws
}

extension ConfigurationSection {
    /// No further rules.
    public func checkTogether(_: String) throws {}

    /// Checks every setting, those of sections below too.
    ///
    /// - Throws: `ConfigurationError.invalid` naming the first setting that is out of range.
    func validate(_ path: String) throws {
        for setting in Self.settings { try setting.validate(self, path) }
        try checkTogether(path)
    }
}

/// The declaration of one setting of a section, or of a section below it.
public struct Setting<Section: ConfigurationSection> {
    /// Throws where the section's value is out of range.
    let validate: (_ section: Section, _ path: String) throws -> Void
    /// What the reference shows.
    let entries: (_ defaults: Section, _ path: String) -> [SettingEntry]
}
