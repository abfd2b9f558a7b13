import ModelFiles
import Torch

/// A tensor on its way into a GGUF file, converted row by row.
struct ExportedTensor {
    /// The name in the GGUF file.
    let name: String
    let type: GGUFTensorType
    private let tensor: Tensor
    /// Heads whose rows are reordered; nil to leave the rows as they are.
    private let heads: Int?

    init(_ name: String, _ tensor: Tensor, as type: GGUFTensorType, interleavingHeads heads: Int? = nil) {
        (self.name, self.tensor, self.type, self.heads) = (name, tensor, type, heads)
    }

    var shape: [Int] { tensor.shape }
    /// Numbers of one row: of the last axis.
    private var width: Int { shape.last ?? 1 }
    /// What the file says of it.
    var item: GGUFEncoder.Item { GGUFEncoder.Item(name: name, shape: shape, type: type) }

    /// Where row `row` of the file stands in the tensor.
    ///
    /// A Hugging Face checkpoint has a head's first halves before its second halves, llama.cpp's `llama`
    /// wants pairs of neighbours: its rows 2i and 2i + 1 are our rows i and i + d/2.
    private func source(of row: Int, rows: Int) -> Int {
        guard let heads else { return row }
        let headWidth = rows / heads
        let (head, inside) = row.quotientAndRemainder(dividingBy: headWidth)
        return head * headWidth + inside % 2 * (headWidth / 2) + inside / 2
    }

    /// Calls `write` with the stored bytes, some megabytes at a time.
    ///
    /// - Throws: `LanguageModelError.configuration` for a number that the type cannot hold, and what `write`
    ///   throws.
    func forEachChunk(_ write: (UnsafeRawBufferPointer) throws -> Void) throws {
        let elementType = try tensor.elementType
        // A vector whose rows are reordered is a matrix of one column.
        let width = heads != nil && shape.count == 1 ? 1 : width
        let rows = width == 0 ? 0 : tensor.count / width
        try tensor.withBytes { bytes in
            var chunk: [UInt8] = []
            var numbers = [Float](repeating: 0, count: width)
            for row in 0..<rows {
                let start = source(of: row, rows: rows) * width * elementType.byteCount
                let stored = UnsafeRawBufferPointer(
                    rebasing: bytes[start..<start + width * elementType.byteCount])
                try Self.read(stored, as: elementType, into: &numbers)
                try append(numbers, to: &chunk)
                if chunk.count >= 4 << 20 {
                    try chunk.withUnsafeBytes(write)
                    chunk.removeAll(keepingCapacity: true)
                }
            }
            if !chunk.isEmpty { try chunk.withUnsafeBytes(write) }
        }
    }

    private static func read(
        _ bytes: UnsafeRawBufferPointer, as type: ElementType, into numbers: inout [Float]
    ) throws {
        switch type {
        case .float32:
            numbers.withUnsafeMutableBytes { $0.copyMemory(from: bytes) }
        case .bfloat16:
            for index in numbers.indices {
                let bits = bytes.loadUnaligned(fromByteOffset: 2 * index, as: UInt16.self)
                numbers[index] = Float(bitPattern: UInt32(bits) << 16)
            }
        case .float16:
            for index in numbers.indices {
                let bits = bytes.loadUnaligned(fromByteOffset: 2 * index, as: UInt16.self)
                numbers[index] = Float(Float16(bitPattern: bits))
            }
        default:
            throw LanguageModelError.configuration("weights of \(type) cannot be exported")
        }
    }

    private func append(_ numbers: [Float], to chunk: inout [UInt8]) throws {
        guard numbers.allSatisfy(\.isFinite) else {
            throw LanguageModelError.configuration(
                "the model's '\(name)' holds a number that is not finite; it cannot be exported")
        }
        switch type {
        case .f32: numbers.withUnsafeBytes { chunk.append(contentsOf: $0) }
        case .f16:
            for number in numbers {
                let half = Float16(number)
                guard half.isFinite else { throw tooLarge(number) }
                withUnsafeBytes(of: half.bitPattern) { chunk.append(contentsOf: $0) }
            }
        default:
            if let number = numbers.first(where: { !Float16(abs($0) / 127).isFinite }) {
                throw tooLarge(number)
            }
            numbers.withUnsafeBufferPointer { Q8_0Quantizer.append($0, to: &chunk) }
        }
    }

    private func tooLarge(_ number: Float) -> LanguageModelError {
        .configuration("the model's '\(name)' holds \(number), too large for \(type); export it as f32")
    }
}
