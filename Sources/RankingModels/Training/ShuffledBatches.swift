import Pipeline

/// Minibatches that go through all rows once an epoch, in an order of each epoch's own.
struct ShuffledBatches {
    /// Rows.
    let count: Int
    let batchSize: Int
    let seed: UInt64

    /// Batches an epoch; the last one may be smaller.
    var perEpoch: Int { (count + batchSize - 1) / batchSize }

    /// The batches of an epoch: the same seed and epoch give the same.
    func ofEpoch(_ epoch: Int) -> [ArraySlice<Int>] {
        var generator = SeededGenerator(seed: seed, path: 1, epoch)
        let order = (0..<count).shuffled(using: &generator)
        return stride(from: 0, to: count, by: batchSize).map { order[$0..<min($0 + batchSize, count)] }
    }
}
