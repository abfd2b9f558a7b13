public import Foundation

extension Event {
    /// Columns of `events.csv`, in order.
    public static let columns = ["user", "item", "time", "quantity", "value", "basket"]

    /// Reads `events.csv`.
    ///
    /// - Throws: `RunError.file` naming the line of a user or item that does not exist, or of a field that
    ///   cannot be read.
    public static func read(_ url: URL, userCount: Int, itemCount: Int) throws -> [Event] {
        var events: [Event] = []
        try DelimitedFile(url, columns: columns).forEachRow(fields: columns.count) { fields in
            events.append(
                Event(
                    user: try fields.index(0, "user", below: userCount),
                    item: try fields.index(1, "item", below: itemCount), time: try fields.integer(2, "time"),
                    quantity: try fields.integer(3, "quantity"), value: try fields.real(4, "value"),
                    basket: try fields.integer(5, "basket")))
        }
        return events
    }
}

extension Impression {
    /// Columns of `impressions.csv`, in order.
    public static let columns = [
        "user", "item", "time", "basket", "display", "mailer", "click", "conversion", "period",
    ]

    /// Reads `impressions.csv`.
    ///
    /// - Throws: `RunError.file` naming the line of a user or item that does not exist, of a field that cannot be read, or of a
    ///   conversion without a click.
    public static func read(_ url: URL, userCount: Int, itemCount: Int) throws -> [Impression] {
        var impressions: [Impression] = []
        try DelimitedFile(url, columns: columns).forEachRow(fields: columns.count) { fields in
            guard let period = TimePeriod(rawValue: fields.text(8)) else {
                let known = TimePeriod.allCases.map(\.rawValue).joined(separator: ", ")
                throw fields.failure("has period '\(fields.text(8))'; expected one of \(known)")
            }
            let (isClick, isConversion) = (try fields.flag(6, "click"), try fields.flag(7, "conversion"))
            guard isClick || !isConversion else {
                throw fields.failure("converts without a click; a conversion is a click in all of Taiji")
            }
            impressions.append(
                Impression(
                    user: try fields.index(0, "user", below: userCount),
                    item: try fields.index(1, "item", below: itemCount), time: try fields.integer(2, "time"),
                    basket: try fields.integer(3, "basket"), display: fields.text(4), mailer: fields.text(5),
                    isClick: isClick, isConversion: isConversion, period: period))
        }
        return impressions
    }
}
