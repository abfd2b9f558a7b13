extension ImpressionMapping: ConfigurationSection {
    /// See `ConfigurationSection`.
    public static var settings: [Setting<ImpressionMapping>] {
        [
            .files(
                \.files, "Files, globs, folders or URLs; empty where no impressions were logged.",
                effect: "Rankers learn from them, and the A/B simulation replays them by request."),
            .text("user", \.user, "Column of the user's id.", effect: "Decides whom an item was shown to."),
            .text(
                "item", \.item,
                "Column of the item's id, or of a list of items that were shown together.",
                effect: "Impressions whose item no item file describes are left out and counted."),
            .text(
                "time", \.time, "Column of the time.",
                effect: "Decides the window of an impression and the behaviour before it."),
            .unit(\.unit),
            .text(
                "pattern", \.pattern,
                "Form of a time with `unit: pattern`, in the words of strptime.",
                effect: "Times that do not have the form are unreadable, left out and counted."),
            .text(
                "click", \.click,
                "Column of the click, 0 or 1, true or false; not read where `labelMark` is set.",
                effect: "What CTR is learnt from."),
            .text(
                "conversion", \.conversion,
                "Column of the conversion, 0 or 1, true or false; empty where none was logged.",
                effect: "What CVR is learnt from; a conversion without a click stops the run."),
            .choice(
                "unclicked", \.unclicked, "What a conversion without a click is.",
                effect: "Every conversion is of a clicked impression; logs of feeds that play by themselves "
                    + "may have others."
            ) {
                switch $0 {
                case .refuse: "a fault: the run stops"
                case .click: "a click that was not logged"
                case .ignore: "no conversion"
                }
            },
            .number(
                "conversionHours", \.conversionHours, .within(0, 87_600), unit: "hours",
                "Time after a click in which a purchase of the item, in the files of events, is its "
                    + "conversion, where no column has conversions; 0 to join none.",
                raising: "Later purchases count; more of them have other causes."),
            .text(
                "request", \.request,
                "Column of the request that items were shown for; empty where a user's impressions of one "
                    + "time make a request.",
                effect: "Items of one request compete in the A/B simulation."),
            .map(
                "context", \.context, unit: "columns",
                "Columns of the moment, such as a position or a page, by the name of their feature.",
                effect: "Each is a field of the ranker."),
            .text(
                "itemSeparator", \.itemSeparator,
                "What separates the items of one row; empty where a row is one item.",
                effect: "One impression for every item of the list."),
            .text(
                "labelMark", \.labelMark,
                "What separates an item of a list from its click, such as the `-` of `N1-0`.",
                effect: "Takes clicks from the list in place of a column."),
            .text(
                "history", \.history,
                "Column of items that the user had clicked before, separated by `itemSeparator`, the oldest "
                    + "first; empty for none.",
                effect: "They become clicks just before the user's first impression."),
            .section("format", \.format, "How the files are written."),
        ]
    }

    /// Lists have a separator, and a pattern is there where it is needed.
    public func checkTogether(_ path: String) throws {
        try require(
            itemSeparator.isEmpty == false || (labelMark.isEmpty && history.isEmpty), "\(path)itemSeparator",
            "is empty; expected what separates the items of a list, because labelMark or history is set")
        try require(
            conversionHours == 0 || conversion.isEmpty, "\(path)conversionHours",
            "is \(conversionHours) and \(path)conversion is '\(conversion)'; expected one of them")
        let taken = [
            "user", "item", "time", "basket", "click", "conversion", "value", "period", "row", "request",
        ]
        for name in context.keys.sorted() {
            try require(
                !taken.contains(name), "\(path)context.\(name)",
                "has the name of a column that every run has; expected another name")
        }
        try TimeUnit.check(unit, pattern, path, self)
    }
}
