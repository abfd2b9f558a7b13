public import Foundation

extension SafetensorsFile {
    /// Writes tensors one after another, without holding the file in memory: those of larger elements first, which
    /// aligns all of them, then by name. The file appears under its name only when it is whole, so that a mapping of
    /// the file that it replaces goes on with the old bytes.
    ///
    /// - Parameter type: what every tensor is converted to, one at a time; nil to keep its own type.
    public static func write(
        _ tensors: [(name: String, tensor: Tensor)], as type: ElementType? = nil, to url: URL
    ) throws {
        let sorted = try tensors.map { ($0.name, $0.tensor, try type ?? $0.tensor.elementType) }
            .sorted { ($1.2.byteCount, $0.0) < ($0.2.byteCount, $1.0) }
        var offset = 0
        var items: [String] = []
        for (name, tensor, type) in sorted {
            let end = offset + tensor.count * type.byteCount
            let shape = tensor.shape.map(String.init).joined(separator: ",")
            items.append(
                "\(quoted(name)):{\"dtype\":\"\(type.safetensors)\",\"shape\":[\(shape)],"
                    + "\"data_offsets\":[\(offset),\(end)]}")
            offset = end
        }
        var header = "{\"__metadata__\":{\"format\":\"pt\"}" + items.map { "," + $0 }.joined() + "}"
        header += String(repeating: " ", count: (8 - header.utf8.count % 8) % 8)
        let partial = url.deletingLastPathComponent().appending(path: ".\(url.lastPathComponent).partial")
        do {
            try Data().write(to: partial)
            let file = try FileHandle(forWritingTo: partial)
            let length = UInt64(header.utf8.count)
            try file.write(contentsOf: Data((0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) }))
            try file.write(contentsOf: Data(header.utf8))
            for (_, tensor, type) in sorted {
                try tensor.to(type).withBytes { bytes in
                    guard let base = bytes.baseAddress else { return }
                    let view = Data(
                        bytesNoCopy: UnsafeMutableRawPointer(mutating: base), count: bytes.count,
                        deallocator: .none)
                    try file.write(contentsOf: view)
                }
            }
            try file.synchronize()
            try file.close()
            guard rename(partial.path, url.path) == 0 else {
                throw TorchError.file(path: url.path, message: "cannot be put in place")
            }
        } catch {
            try? FileManager.default.removeItem(at: partial)
            if error is TorchError { throw error }
            throw TorchError.file(
                path: url.path, message: "cannot be written (\(error.localizedDescription))")
        }
    }

    /// A name as JSON writes it.
    private static func quoted(_ name: String) -> String {
        var text = "\""
        for scalar in name.unicodeScalars {
            switch scalar {
            case "\"", "\\": text += "\\\(scalar)"
            case _ where scalar.value < 0x20:
                let digits = String(scalar.value, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text + "\""
    }
}
