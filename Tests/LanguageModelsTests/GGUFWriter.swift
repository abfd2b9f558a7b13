import Foundation

@testable import LanguageModels
@testable import ModelFiles

/// Writes small GGUF files, also damaged ones.
struct GGUFWriter {
    struct TensorRecord {
        var name: String
        /// Outermost first.
        var shape: [Int]
        var type: UInt32 = 0
        var bytes: [UInt8]

        init(name: String, shape: [Int], type: UInt32, bytes: [UInt8]) {
            (self.name, self.shape, self.type, self.bytes) = (name, shape, type, bytes)
        }

        init(name: String, shape: [Int], floats: [Float]) {
            self.init(name: name, shape: shape, type: 0, bytes: floats.withUnsafeBytes { Array($0) })
        }
    }

    var version: UInt32 = 3
    var magic = Array("GGUF".utf8)
    var metadata: [(key: String, value: GGUFValue)] = []
    var tensors: [TensorRecord] = []

    /// The header without padding, and where the tensors' bytes begin.
    var header: [UInt8] {
        var bytes = magic
        append(version, to: &bytes)
        append(UInt64(tensors.count), to: &bytes)
        append(UInt64(metadata.count), to: &bytes)
        for (key, value) in metadata {
            append(key, to: &bytes)
            append(value, to: &bytes)
        }
        var offset = 0
        for tensor in tensors {
            append(tensor.name, to: &bytes)
            append(UInt32(tensor.shape.count), to: &bytes)
            for size in tensor.shape.reversed() { append(UInt64(size), to: &bytes) }
            append(tensor.type, to: &bytes)
            append(UInt64(offset), to: &bytes)
            offset += padded(tensor.bytes.count)
        }
        return bytes
    }

    var data: Data {
        var bytes = header
        bytes += [UInt8](repeating: 0, count: padded(bytes.count) - bytes.count)
        for tensor in tensors {
            bytes +=
                tensor.bytes + [UInt8](repeating: 0, count: padded(tensor.bytes.count) - tensor.bytes.count)
        }
        return Data(bytes)
    }

    private func padded(_ count: Int) -> Int { (count + 31) / 32 * 32 }

    private func append(_ value: some FixedWidthInteger, to bytes: inout [UInt8]) {
        withUnsafeBytes(of: value.littleEndian) { bytes += $0 }
    }

    private func append(_ text: String, to bytes: inout [UInt8]) {
        append(UInt64(text.utf8.count), to: &bytes)
        bytes += text.utf8
    }

    private func append(_ value: GGUFValue, to bytes: inout [UInt8]) {
        func array(_ type: UInt32, _ count: Int) {
            append(UInt32(9), to: &bytes)
            append(type, to: &bytes)
            append(UInt64(count), to: &bytes)
        }
        switch value {
        case .integer(let value):
            append(UInt32(4), to: &bytes)
            append(UInt32(value), to: &bytes)
        case .real(let value):
            append(UInt32(6), to: &bytes)
            append(Float(value).bitPattern, to: &bytes)
        case .bool(let value):
            append(UInt32(7), to: &bytes)
            bytes.append(value ? 1 : 0)
        case .string(let value):
            append(UInt32(8), to: &bytes)
            append(value, to: &bytes)
        case .strings(let values):
            array(8, values.count)
            for value in values { append(value, to: &bytes) }
        case .integers(let values):
            array(5, values.count)
            for value in values { append(Int32(value), to: &bytes) }
        case .reals(let values):
            array(12, values.count)
            for value in values { append(value.bitPattern, to: &bytes) }
        }
    }
}
