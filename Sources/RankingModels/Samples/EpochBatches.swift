import Pipeline

/// The batches of one epoch, of which a window of samples is in memory.
///
/// Samples that fit a window are shuffled as a whole. More are dealt out in blocks of neighbours to windows
/// by chance, and each window is shuffled: every sample comes once, and what lies together on disk is read
/// together.
struct EpochBatches {
    /// Samples that are read from disk together.
    private static let block = 256

    private let store: SampleStore
    private let batchSize: Int
    private let seed: UInt64
    private let epoch: Int
    /// Samples of a window: whole batches, so that none needs two windows.
    private let windowSize: Int
    /// Ranges of the store that each window is made of.
    private let windows: [[Range<Int>]]
    private var current: (window: Int, table: FeatureTable, order: [Int])?

    init(_ store: SampleStore, batchSize: Int, seed: UInt64, epoch: Int) {
        (self.store, self.batchSize, self.seed, self.epoch) = (store, batchSize, seed, epoch)
        guard store.count > store.window else {
            windowSize = max(store.count, batchSize)
            windows = store.count == 0 ? [] : [[0..<store.count]]
            return
        }
        var generator = SeededGenerator(seed: seed, path: 1, epoch)
        windowSize = max(1, store.window / batchSize) * batchSize
        let starts = stride(from: 0, to: store.count, by: Self.block).shuffled(using: &generator)
        var windows: [[Range<Int>]] = [[]]
        var room = windowSize
        for start in starts {
            var rest = start..<min(start + Self.block, store.count)
            while !rest.isEmpty {
                if room == 0 {
                    windows.append([])
                    room = windowSize
                }
                let part = rest.prefix(room)
                windows[windows.count - 1].append(part)
                room -= part.count
                rest = part.upperBound..<rest.upperBound
            }
        }
        self.windows = windows
    }

    /// Batches of the epoch; the last may be smaller.
    var count: Int { (store.count + batchSize - 1) / batchSize }

    /// A batch: places in a table.
    ///
    /// - Throws: `RunError.file` when the samples cannot be read.
    mutating func batch(_ index: Int) throws -> (table: FeatureTable, places: ArraySlice<Int>) {
        let window = index * batchSize / windowSize
        if current?.window != window {
            current = nil  // before the next, so that one window is in memory
            let table = try store.table(windows[window])
            var generator =
                windows.count > 1
                ? SeededGenerator(seed: seed, path: 1, epoch, window)
                : SeededGenerator(seed: seed, path: 1, epoch)
            current = (window, table, (0..<table.count).shuffled(using: &generator))
        }
        guard let current else { preconditionFailure("a window was just read") }
        let start = index * batchSize - window * windowSize
        return (current.table, current.order[start..<min(start + batchSize, current.order.count)])
    }
}
