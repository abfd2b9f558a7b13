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
    /// Columns of impressions and auctions, in order; those of `ConstructionSummary.context` follow.
    public static let columns = ["user", "item", "time", "basket", "click", "conversion", "value", "period"]

    /// Calls `body` with every row of a CSV file, a block of the file in memory.
    ///
    /// - Parameter context: names of the columns after those of `columns`.
    /// - Throws: `RunError.file` naming the line of a user or item that does not exist, of a field that
    ///   cannot be read, or of a conversion without a click.
    public static func forEach(
        in url: URL, context: [String], userCount: Int, itemCount: Int, _ body: (Impression) throws -> Void
    ) throws {
        try forEach(DelimitedFile(url, columns: columns + context), context.count, userCount, itemCount, body)
    }

    /// Calls `body` with every row of bytes that have the form of such a file and one more column, `row`:
    /// what errors name.
    ///
    /// - Parameters:
    ///   - path: what errors call the bytes.
    ///   - context: names of the columns after those of `columns`.
    ///   - next: the next bytes, of any number; nil at the end.
    /// - Throws: as the other `forEach`.
    public static func forEach(
        of path: String, context: [String], userCount: Int, itemCount: Int,
        next: @escaping () throws -> Data?, _ body: (Impression) throws -> Void
    ) throws {
        let file = DelimitedFile(
            path: path, columns: columns + context + ["row"], hasRowNumbers: true, next: next)
        try forEach(file, context.count, userCount, itemCount, body)
    }

    private static func forEach(
        _ file: DelimitedFile, _ contextCount: Int, _ userCount: Int, _ itemCount: Int,
        _ body: (Impression) throws -> Void
    ) throws {
        try file.forEachRow { fields in
            guard let period = TimePeriod(rawValue: fields.text(7)) else {
                let known = TimePeriod.allCases.map(\.rawValue).joined(separator: ", ")
                throw fields.failure("has period '\(fields.text(7))'; expected one of \(known)")
            }
            let (isClick, isConversion) = (try fields.flag(4, "click"), try fields.flag(5, "conversion"))
            guard isClick || !isConversion else {
                throw fields.failure("converts without a click; a conversion is a click in all of Taiji")
            }
            try body(
                Impression(
                    user: try fields.index(0, "user", below: userCount),
                    item: try fields.index(1, "item", below: itemCount), time: try fields.integer(2, "time"),
                    basket: try fields.integer(3, "basket"),
                    context: (columns.count..<columns.count + contextCount).map(fields.text),
                    isClick: isClick, isConversion: isConversion, value: try fields.real(6, "value"),
                    period: period))
        }
    }
}
