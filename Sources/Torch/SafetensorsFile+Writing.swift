public import Foundation

extension SafetensorsFile {
    /// Writes tensors one after another, without holding the file in memory: those of larger elements first,
    /// which aligns all of them, then by name. The file appears under its name only when it is whole, so that
    /// a mapping of the file that it replaces goes on with the old bytes.
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
        try write(header: items, to: url) { file in
            for (_, tensor, type) in sorted {
                try tensor.to(type).withBytes { bytes in
                    guard let base = bytes.baseAddress else { return }
                    let view = Data(
                        bytesNoCopy: UnsafeMutableRawPointer(mutating: base), count: bytes.count,
                        deallocator: .none)
                    try file.write(contentsOf: view)
                }
            }
        }
    }

    /// Writes one float32 tensor that comes a part at a time, for one that is too large for memory.
    ///
    /// - Parameter body: appends all elements, row-major.
    /// - Throws: `TorchError.file` when the file cannot be written or the elements do not fill `shape`; what
    ///   `body` throws.
    public static func write(
        _ name: String, shape: [Int], to url: URL,
        _ body: (_ append: @escaping ([Float]) throws -> Void) throws -> Void
    ) throws {
        let count = shape.reduce(1, *)
        let sizes = shape.map(String.init).joined(separator: ",")
        let item =
            "\(quoted(name)):{\"dtype\":\"\(ElementType.float32.safetensors)\",\"shape\":[\(sizes)],"
            + "\"data_offsets\":[0,\(4 * count)]}"
        try write(header: [item], to: url) { file in
            var written = 0
            try body { part in
                try part.withUnsafeBytes { try file.write(contentsOf: Data($0)) }
                written += part.count
            }
            guard written == count else {
                throw TorchError.file(
                    path: url.path, message: "got \(written) elements of '\(name)'; expected \(count)")
            }
        }
    }

    /// Writes the file's beginning, lets `body` write the rest, and puts the file in place.
    private static func write(
        header items: [String], to url: URL, _ body: (FileHandle) throws -> Void
    ) throws {
        var header = "{\"__metadata__\":{\"format\":\"pt\"}" + items.map { "," + $0 }.joined() + "}"
        header += String(repeating: " ", count: (8 - header.utf8.count % 8) % 8)
        let partial = url.deletingLastPathComponent().appending(path: ".\(url.lastPathComponent).partial")
        do {
            try Data().write(to: partial)
            let file = try FileHandle(forWritingTo: partial)
            let length = UInt64(header.utf8.count)
            try file.write(contentsOf: Data((0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) }))
            try file.write(contentsOf: Data(header.utf8))
            try body(file)
            try file.synchronize()
            try file.close()
            guard rename(partial.path, url.path) == 0 else {
                throw TorchError.file(path: url.path, message: "cannot be put in place")
            }
        } catch let error as CocoaError {
            try? FileManager.default.removeItem(at: partial)
            throw TorchError.file(
                path: url.path, message: "cannot be written (\(error.localizedDescription))")
        } catch {
            try? FileManager.default.removeItem(at: partial)
            throw error
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
