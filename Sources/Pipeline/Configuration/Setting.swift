/// A part of the configuration whose settings are declared, each once: from the declarations follow
/// validation and the reference that `taiji config` prints.
public protocol ConfigurationSection: Codable, Sendable, Equatable {
    /// The defaults.
    init()
    /// Every setting of the section, in the order in which it is shown.
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

    /// The settings below a path with their defaults.
    static func entries(_ path: String) -> [SettingEntry] {
        let defaults = Self()
        return settings.flatMap { $0.entries(defaults, path) }
    }
}

/// The declaration of one setting of a section, or of a section below it.
public struct Setting<Section: ConfigurationSection> {
    let name: String
    /// Throws where the section's value is out of range.
    let validate: (_ section: Section, _ path: String) throws -> Void
    /// What the reference shows.
    let entries: (_ defaults: Section, _ path: String) -> [SettingEntry]
}

/// One setting, or one section, as the reference shows it.
public struct SettingEntry: Sendable, Equatable {
    /// Its path, such as `collaborate.klCoefficient`.
    public var path: String
    /// What it is for, with the section of the paper where the paper has it.
    public var summary: String
    /// Kind of value and allowed range; empty for a section.
    public var allowed = ""
    /// What is counted or measured; empty for a plain number or text.
    public var unit = ""
    /// The default as YAML; empty for a section.
    public var defaultValue = ""
    /// What raising it, or changing it, does.
    public var effect = ""
    /// Meaning of each choice.
    public var choices: [Choice] = []

    /// One of the values that a setting may have.
    public struct Choice: Sendable, Equatable {
        /// As the file has it.
        public var value: String
        /// What it means.
        public var meaning: String
    }

    /// Whether it is a section of settings.
    public var isSection: Bool { allowed.isEmpty }
}

/// Which numbers a setting may be.
public struct NumberRange: Sendable {
    let text: String
    let contains: @Sendable (Double) -> Bool

    /// `low` or more.
    public static func atLeast(_ low: Double) -> NumberRange {
        NumberRange(text: "\(short(low)) or more") { $0 >= low }
    }

    /// More than `low`.
    public static func above(_ low: Double) -> NumberRange {
        NumberRange(text: "more than \(short(low))") { $0 > low }
    }

    /// From `low` to `high`, both allowed.
    public static func within(_ low: Double, _ high: Double) -> NumberRange {
        NumberRange(text: "\(short(low)) to \(short(high))") { (low...high).contains($0) }
    }

    /// More than `low`, up to `high`.
    public static func above(_ low: Double, upTo high: Double) -> NumberRange {
        NumberRange(text: "more than \(short(low)), at most \(short(high))") { $0 > low && $0 <= high }
    }

    /// From `low` up to less than `high`.
    public static func from(_ low: Double, below high: Double) -> NumberRange {
        NumberRange(text: "\(short(low)) up to less than \(short(high))") { $0 >= low && $0 < high }
    }

    private static func short(_ value: Double) -> String {
        value == value.rounded() ? "\(Int(value))" : "\(value)"
    }
}
