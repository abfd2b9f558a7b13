/// Where a tensor lies in a safetensors file, and what it is.
public struct SafetensorsEntry: Sendable, Equatable {
    /// Element type as stored.
    public let type: SafetensorsType
    /// Sizes, outermost first.
    public let shape: [Int]
    /// The tensor's bytes, counted from the file's start.
    public let bytes: Range<Int>
}

/// The header of a safetensors file. It is read from bytes that anyone may have made: nothing that the header
/// claims is believed before it is checked against the file's size.
///
/// Layout (huggingface/safetensors): eight bytes with the header's length, a JSON header of `name → dtype,
/// shape, data_offsets`, then the tensors' bytes. As in the reference, the tensors fill the rest of the file,
/// without a gap and without sharing a byte.
struct SafetensorsHeader {
    let entries: [String: SafetensorsEntry]

    /// The reference's limit, in bytes.
    private static let longest = 100_000_000

    /// - Parameters:
    ///   - bytes: the whole file.
    ///   - path: its name, for messages.
    /// - Throws: `ModelFileError` when it is cut short, damaged or not safetensors.
    init(_ bytes: UnsafeRawBufferPointer, path: String) throws {
        func fail(_ message: String) -> ModelFileError { ModelFileError(path: path, message: message) }
        guard bytes.count >= 8 else {
            throw fail("is \(bytes.count) bytes long; expected a safetensors file")
        }
        let length = UInt64(littleEndian: bytes.loadUnaligned(as: UInt64.self))
        guard length <= UInt64(bytes.count - 8) else {
            throw fail("is cut short or not safetensors: its header claims \(length) bytes of \(bytes.count)")
        }
        guard length <= Self.longest else {
            throw fail("has a header of \(length) bytes; a safetensors file has at most \(Self.longest)")
        }
        let start = 8 + Int(length)
        let header: JSONNode
        do {
            header = try JSONNode(parsing: UnsafeRawBufferPointer(rebasing: bytes[8..<start]))
        } catch {
            throw fail(
                "has a header that is not JSON (at its byte \(error.offset): \(error.reason)); expected a "
                    + "safetensors file")
        }
        guard case .object(let members) = header else {
            throw fail("has a header that is \(header.kind); expected an object of tensors")
        }
        var reader = Reader(path: path, start: start, room: bytes.count - start)
        for member in members where member.name != "__metadata__" { try reader.take(member) }
        try reader.checkLayout()
        entries = reader.entries
    }

    /// What has been read of a header.
    private struct Reader {
        let path: String
        /// Where the tensors' bytes begin, and how many there are.
        let start, room: Int
        var entries: [String: SafetensorsEntry] = [:]

        func fail(_ message: String) -> ModelFileError { ModelFileError(path: path, message: message) }

        mutating func take(_ member: (name: String, value: JSONNode)) throws {
            let name = member.name
            guard entries[name] == nil else { throw fail("has two tensors of the name '\(name)'") }
            guard let type = member.value["dtype"]?.string, let shape = member.value["shape"]?.sizes,
                let offsets = member.value["data_offsets"]?.sizes, offsets.count == 2,
                offsets[0] <= offsets[1]
            else {
                throw fail(
                    "has a header entry for '\(name)' that cannot be read; expected dtype, shape and "
                        + "data_offsets")
            }
            entries[name] = try entry(name, type, shape, offsets[0]..<offsets[1])
        }

        private func entry(
            _ name: String, _ typeName: String, _ shape: [Int], _ offsets: Range<Int>
        ) throws -> SafetensorsEntry {
            guard let type = SafetensorsType(rawValue: typeName) else {
                throw fail("holds '\(name)' as \(typeName), which is not supported")
            }
            guard offsets.upperBound <= room else {
                throw fail(
                    "is cut short: '\(name)' ends at byte \(offsets.upperBound) of \(room) after the header")
            }
            // Nil when it is too large for an integer. A size of 0 does not excuse the others: they are
            // multiplied elsewhere too.
            let full = shape.reduce(type.byteCount) { product, size -> Int? in
                guard let (next, isTooLarge) = product?.multipliedReportingOverflow(by: max(size, 1)) else {
                    return nil
                }
                return isTooLarge ? nil : next
            }
            let needed = full.map { shape.contains(0) ? 0 : $0 }
            guard offsets.count == needed else {
                throw fail("gives '\(name)' \(offsets.count) bytes for shape \(shape) of \(type)")
            }
            return SafetensorsEntry(
                type: type, shape: shape, bytes: start + offsets.lowerBound..<start + offsets.upperBound)
        }

        func checkLayout() throws {
            var end = start
            let inOrder = entries.sorted {
                ($0.value.bytes.lowerBound, $0.value.bytes.upperBound)
                    < ($1.value.bytes.lowerBound, $1.value.bytes.upperBound)
            }
            for (name, entry) in inOrder {
                guard entry.bytes.lowerBound == end else {
                    throw fail(
                        "begins '\(name)' at byte \(entry.bytes.lowerBound), where the tensor before it "
                            + "ends at \(end); it is damaged")
                }
                end = entry.bytes.upperBound
            }
            guard end == start + room else {
                throw fail("goes on for \(start + room - end) bytes after its last tensor; it is damaged")
            }
        }
    }
}

extension JSONNode {
    /// A list of whole numbers of at least 0, if this is one.
    fileprivate var sizes: [Int]? {
        guard case .array(let elements) = self else { return nil }
        let sizes = elements.compactMap { element -> Int? in
            guard case .integer(let size) = element, size >= 0 else { return nil }
            return size
        }
        return sizes.count == elements.count ? sizes : nil
    }
}
