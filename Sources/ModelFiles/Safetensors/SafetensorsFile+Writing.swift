public import Foundation

extension SafetensorsFile {
    /// A tensor to be written.
    public struct Item: Sendable {
        /// Unique in the file.
        public let name: String
        /// Element type in the file.
        public let type: SafetensorsType
        /// Sizes, outermost first.
        public let shape: [Int]

        /// A tensor of this name, type and shape.
        public init(name: String, type: SafetensorsType, shape: [Int]) {
            (self.name, self.type, self.shape) = (name, type, shape)
        }

        var byteCount: Int { shape.reduce(type.byteCount, *) }
    }

    /// Writes tensors one after another, without holding the file in memory: those of larger elements first,
    /// which aligns all of them, then by name. The file appears under its name only when it is whole, so that
    /// a mapping of the file that it replaces keeps the old bytes.
    ///
    /// - Parameters:
    ///   - items: what the header lists.
    ///   - body: appends the elements of the item at `index` of `items`, row-major, in any number of parts.
    /// - Throws: `ModelFileError` when the file cannot be written or an item's bytes do not fill its shape,
    ///   and what `body` throws.
    public static func write(
        _ items: [Item], to url: URL,
        _ body: (_ index: Int, _ output: FileOutput) throws -> Void
    ) throws {
        let order = items.indices.sorted {
            (-items[$0].type.byteCount, items[$0].name) < (-items[$1].type.byteCount, items[$1].name)
        }
        try FileOutput.write(to: url) { output in
            try header(order.map { items[$0] }).withUnsafeBytes(output.append)
            for index in order {
                let (item, start) = (items[index], output.count)
                try body(index, output)
                let written = output.count - start
                guard written == item.byteCount else {
                    throw ModelFileError(
                        path: url.path,
                        message: "got \(written / item.type.byteCount) elements of '\(item.name)'; expected "
                            + "\(item.byteCount / item.type.byteCount)")
                }
            }
        }
    }

    /// The header of tensors that follow it in this order.
    private static func header(_ items: [Item]) -> [UInt8] {
        var offset = 0
        var text = #"{"__metadata__":{"format":"pt"}"#
        for item in items {
            let shape = item.shape.map(String.init).joined(separator: ",")
            let end = offset + item.byteCount
            text += ",\(JSONNode.string(item.name).line):{\"dtype\":\"\(item.type.rawValue)\","
            text += "\"shape\":[\(shape)],\"data_offsets\":[\(offset),\(end)]}"
            offset = end
        }
        text += "}"
        text += String(repeating: " ", count: (8 - text.utf8.count % 8) % 8)
        let length = UInt64(text.utf8.count)
        return (0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) } + Array(text.utf8)
    }
}
