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
        try DelimitedFile(url, columns: columns).forEachRow { fields in
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
    /// Columns of impressions and auctions, in order.
    public static let columns = [
        "user", "item", "time", "basket", "display", "mailer", "click", "conversion", "period",
    ]

    /// Calls `body` with every row of a CSV file, a block of the file in memory.
    ///
    /// - Throws: `RunError.file` naming the line of a user or item that does not exist, of a field that
    ///   cannot be read, or of a conversion without a click.
    public static func forEach(
        in url: URL, userCount: Int, itemCount: Int, _ body: (Impression) throws -> Void
    ) throws {
        try forEach(DelimitedFile(url, columns: columns), userCount, itemCount, body)
    }

    /// Calls `body` with every row of bytes that have the form of such a file and one more column, `row`:
    /// what errors name.
    ///
    /// - Parameters:
    ///   - path: what errors call the bytes.
    ///   - next: the next bytes, of any number; nil at the end.
    /// - Throws: as the other `forEach`.
    public static func forEach(
        of path: String, userCount: Int, itemCount: Int, next: @escaping () throws -> Data?,
        _ body: (Impression) throws -> Void
    ) throws {
        let file = DelimitedFile(path: path, columns: columns + ["row"], hasRowNumbers: true, next: next)
        try forEach(file, userCount, itemCount, body)
    }

    private static func forEach(
        _ file: DelimitedFile, _ userCount: Int, _ itemCount: Int, _ body: (Impression) throws -> Void
    ) throws {
        try file.forEachRow { fields in
            guard let period = TimePeriod(rawValue: fields.text(8)) else {
                let known = TimePeriod.allCases.map(\.rawValue).joined(separator: ", ")
                throw fields.failure("has period '\(fields.text(8))'; expected one of \(known)")
            }
            let (isClick, isConversion) = (try fields.flag(6, "click"), try fields.flag(7, "conversion"))
            guard isClick || !isConversion else {
                throw fields.failure("converts without a click; a conversion is a click in all of Taiji")
            }
            try body(
                Impression(
                    user: try fields.index(0, "user", below: userCount),
                    item: try fields.index(1, "item", below: itemCount), time: try fields.integer(2, "time"),
                    basket: try fields.integer(3, "basket"), display: fields.text(4), mailer: fields.text(5),
                    isClick: isClick, isConversion: isConversion, period: period))
        }
    }
}
