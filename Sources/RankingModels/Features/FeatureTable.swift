/// What is particular to each of N rows, as numbers; all else follows from its user and item. A row's numbers
/// lie together, so that a table can be kept on disk as it is.
struct FeatureTable: Sendable, Equatable {
    /// Numbers of a row before those of the moment: user, item, how many of the user's purchases came before
    /// it, its labels, and its time in two halves.
    private static let head = 6

    /// Numbers of a row.
    let rowWidth: Int
    /// `[N, rowWidth]`.
    private(set) var numbers: [Int32]

    /// - Parameter momentCount: fields of the moment that are read.
    static func rowWidth(momentCount: Int) -> Int { head + momentCount }

    init(rowWidth: Int, numbers: [Int32]) { (self.rowWidth, self.numbers) = (rowWidth, numbers) }

    /// N.
    var count: Int { numbers.count / rowWidth }
    /// Index of a row's user.
    func user(_ place: Int) -> Int { Int(numbers[place * rowWidth]) }
    /// Index of a row's item.
    func item(_ place: Int) -> Int { Int(numbers[place * rowWidth + 1]) }
    /// How many of the user's purchases came before a row.
    func eventCount(_ place: Int) -> Int { Int(numbers[place * rowWidth + 2]) }
    /// Whether a row was clicked; false where that is not known.
    func isClick(_ place: Int) -> Bool { numbers[place * rowWidth + 3] & 1 != 0 }
    /// Whether a row converted; false where that is not known.
    func isConversion(_ place: Int) -> Bool { numbers[place * rowWidth + 3] & 2 != 0 }
    /// Time of a row, in seconds since 1970.
    func time(_ place: Int) -> Int64 {
        Int64(numbers[place * rowWidth + 4]) << 32
            | Int64(UInt32(bitPattern: numbers[place * rowWidth + 5]))
    }
    /// Rows of the embedding table for the fields of a row's moment.
    func moments(_ place: Int) -> ArraySlice<Int32> {
        numbers[place * rowWidth + Self.head..<(place + 1) * rowWidth]
    }

    /// Makes room for rows.
    mutating func reserve(_ count: Int) { numbers.reserveCapacity(count * rowWidth) }

    /// Appends a row.
    mutating func append(
        _ row: RankingRow, eventCount: Int, isClick: Bool = false, isConversion: Bool = false,
        moments: [Int32]
    ) {
        let labels: Int32 = (isClick ? 1 : 0) + (isConversion ? 2 : 0)
        numbers.append(contentsOf: [
            row.user, row.item, Int32(eventCount), labels, Int32(row.time >> 32),
            Int32(truncatingIfNeeded: row.time),
        ])
        numbers.append(contentsOf: moments)
    }

    /// The rows at some places, in their order.
    func rows(_ places: [Int]) -> FeatureTable {
        FeatureTable(
            rowWidth: rowWidth,
            numbers: places.flatMap { numbers[$0 * rowWidth..<($0 + 1) * rowWidth] })
    }
}
