import Foundation
import Pipeline

/// Training samples in order: in memory as far as one window reaches, else in a file that ends with the
/// process.
struct SampleStore: Sendable {
    /// Samples that are in memory at once: 1,048,576, which are about 50 MB.
    static let defaultWindow = 1 << 20

    /// Numbers of a sample.
    let rowWidth: Int
    /// Samples that are in memory at once.
    let window: Int
    /// N.
    private(set) var count = 0
    /// What is not yet in the file.
    private var recent: FeatureTable
    private var file: ScratchFile?
    private let folder: URL

    /// A store without samples.
    ///
    /// - Parameters:
    ///   - folder: where the file may be made.
    init(_ empty: FeatureTable, window: Int = defaultWindow, spillingTo folder: URL) {
        rowWidth = empty.rowWidth
        recent = empty
        self.window = window
        self.folder = folder
    }

    /// Adds a sample.
    ///
    /// - Throws: `RunError.file` when the file cannot be written.
    mutating func append(_ add: (inout FeatureTable) -> Void) throws {
        if recent.count == window { try spill() }
        add(&recent)
        count += 1
    }

    /// Must follow the last sample.
    mutating func finish() throws { if file != nil { try spill() } }

    private mutating func spill() throws {
        let target = try file ?? ScratchFile(in: folder)
        try target.append(recent.numbers)
        file = target
        recent = FeatureTable(rowWidth: rowWidth, numbers: [])
        recent.reserve(window)
    }

    /// The samples of some ranges, one range after another.
    ///
    /// - Throws: `RunError.file` when the file cannot be read.
    func table(_ ranges: [Range<Int>]) throws -> FeatureTable {
        guard let file else {
            return ranges == [0..<count] ? recent : recent.rows(ranges.flatMap { $0 })
        }
        let total = ranges.reduce(0) { $0 + $1.count }
        let numbers = try [Int32](unsafeUninitializedCapacity: total * rowWidth) { buffer, filled in
            for range in ranges {
                let part = UnsafeMutableBufferPointer(
                    rebasing: buffer[filled..<filled + range.count * rowWidth])
                try file.read(part, at: range.lowerBound * rowWidth)
                filled += part.count
            }
        }
        return FeatureTable(rowWidth: rowWidth, numbers: numbers)
    }

    /// All samples in order, a window at a time.
    func forEachWindow(_ body: (FeatureTable) throws -> Void) throws {
        for start in stride(from: 0, to: count, by: window) {
            try body(table([start..<min(start + window, count)]))
        }
    }
}
