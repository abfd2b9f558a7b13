/// Counts as few categories: 0, 1, 2, 3, then powers of two.
enum CountBucket {
    /// Number of buckets.
    static let count = 16

    /// The bucket of a count.
    static func index(_ value: Int) -> Int {
        value <= 3 ? max(0, value) : min(count - 1, Int.bitWidth - value.leadingZeroBitCount + 1)
    }

    /// How a bucket is called: its only or smallest count.
    static func label(_ index: Int) -> String { index <= 3 ? "\(index)" : "\(1 << (index - 2))+" }
}
