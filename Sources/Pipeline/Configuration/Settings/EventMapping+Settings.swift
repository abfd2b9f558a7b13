extension EventMapping: ConfigurationSection {
    /// See `ConfigurationSection`.
    public static var settings: [Setting<EventMapping>] {
        [
            .files(
                \.files,
                "Files, globs, folders or URLs; empty where events are the clicks and conversions of "
                    + "impressions.",
                effect: "More behaviour makes longer histories and more targets."),
            .text(
                "user", \.user, "Column of the user's id.", effect: "Decides whose history an event is in."),
            .text(
                "item", \.item, "Column of the item's id.",
                effect: "Events whose item no item file describes are left out and counted."),
            .text(
                "time", \.time, "Column of the time.",
                effect: "Decides the order of histories and the windows."),
            .unit(\.unit),
            .text(
                "pattern", \.pattern,
                "Form of a time with `unit: pattern`, in the words of strptime, such as `%d/%m/%Y %H:%M`.",
                effect: "Times that do not have the form are unreadable, left out and counted."),
            .text(
                "kind", \.kind,
                "Column of the kind of event; empty where all events are of `defaultKind`.",
                effect: "Tells purchases from views."),
            .map(
                "kinds", \.kinds, unit: "kinds",
                "What each value of that column means: view, click, purchase or other.",
                effect: "A value that is not named here stops the run, with its count."),
            .choice(
                "defaultKind", \.defaultKind, "Kind of all events where no column names it.",
                effect: "Purchases are what the language model learns to predict."
            ) {
                switch $0 {
                case .view: "the user saw the item"
                case .click: "the user chose to see the item"
                case .purchase: "the user bought the item"
                case .other: "anything else; it is in no history"
                }
            },
            .text(
                "quantity", \.quantity, "Column of the pieces; empty for one piece an event.",
                effect: "A purchase without a positive quantity is left out and counted."),
            .text(
                "value", \.value, "Column of what was paid; empty where it is not known.",
                effect: "Weights conversions in the A/B simulation and orders purchases of one moment."),
            .text(
                "basket", \.basket,
                "Column of the visit, basket or session; empty where a user's events of one hour make a "
                    + "visit.",
                effect: "Decides which purchases were made together."),
            .text(
                "place", \.place, "Column of the place, such as a store; empty where there is one.",
                effect: "Promotions hold in one place."),
            .section("format", \.format, "How the files are written."),
        ]
    }

    /// Kinds are known, and a pattern is there where it is needed.
    public func checkTogether(_ path: String) throws {
        let known = EventKind.allCases.map(\.rawValue)
        for (value, kind) in kinds.sorted(by: { $0.key < $1.key }) {
            try require(
                known.contains(kind), "\(path)kinds.\(value)",
                "is '\(kind)'; expected one of \(known.joined(separator: ", "))")
        }
        try require(
            kind.isEmpty || !kinds.isEmpty, "\(path)kinds",
            "is empty; expected what each value of the column '\(kind)' means")
        try TimeUnit.check(unit, pattern, path, self)
    }
}

extension TimeUnit {
    /// - Throws: `ConfigurationError.invalid` unless the pattern is there exactly where it is needed.
    static func check(
        _ unit: TimeUnit, _ pattern: String, _ path: String, _ section: some ConfigurationSection
    ) throws {
        try section.require(
            (unit == .pattern) == !pattern.isEmpty, "\(path)pattern",
            "is '\(pattern)' with unit: \(unit.rawValue); expected a pattern with unit: pattern, and only "
                + "then"
        )
    }
}
