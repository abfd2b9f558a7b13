import Foundation
import TestSupport
import Testing
import Torch

@testable import LanguageModels
@testable import ModelFiles

/// Damaged files: each is refused with an error that names it, or loads with the numbers that it holds.
@Suite struct DamagedGGUFTests {
    private static let matrix: [Float] = [1, 2, 3, 4, 5, 6]

    private static func example() -> GGUFWriter {
        var file = GGUFWriter()
        file.metadata = [
            ("general.alignment", .integer(32)), ("text", .string("one")), ("texts", .strings(["a", "bc"])),
            ("integers", .integers([1, 2])), ("large", .reals([0.5])),
        ]
        file.tensors = [
            .init(name: "matrix", shape: [2, 3], floats: matrix),
            .init(name: "vector", shape: [1], floats: [-7]),
            .init(name: "blocks", shape: [2, 32], type: 8, bytes: [UInt8](0..<68)),
        ]
        return file
    }

    /// The outcome of loading: nil on success, else the error message.
    /// Whatever loads must show the numbers of its bytes.
    private func outcome(_ data: Data) throws -> String? {
        try withTemporaryFolder { folder in
            let url = folder.appending(path: "damaged.gguf")
            try data.write(to: url)
            do {
                let file = try GGUFFile(url)
                for (name, info) in file.tensors where info.type == .f32 {
                    let found = try file.values(name).map(\.bitPattern)
                    let stored = data[info.bytes].withUnsafeBytes { bytes in
                        (0..<bytes.count / 4).map {
                            bytes.loadUnaligned(fromByteOffset: 4 * $0, as: UInt32.self)
                        }
                    }
                    #expect(found == stored, "\(name)")
                }
                for name in file.tensors.keys {
                    #expect(try file.tensor(name).count == file.values(name).count)
                }
                return nil
            } catch let error as ModelFileError {
                #expect("\(error)".hasPrefix("\(url.path): "), "\(error)")
                return "\(error)"
            }
        }
    }

    /// The example with one number of its header replaced, wherever these bytes stand first after `marker`.
    private func replacing(_ old: [UInt8], with new: [UInt8], after marker: String = "GGUF") throws -> Data {
        var data = Self.example().data
        let start = try #require(data.range(of: Data(marker.utf8))).upperBound
        let range = try #require(data.range(of: Data(old), in: start..<data.count))
        data.replaceSubrange(range, with: new)
        return data
    }

    private func bytes(_ number: some FixedWidthInteger) -> [UInt8] {
        withUnsafeBytes(of: number.littleEndian) { Array($0) }
    }

    @Test("an undamaged file loads with its numbers") func undamagedFileLoads() throws {
        #expect(try outcome(Self.example().data) == nil)
    }

    @Test("a file truncated at any of 40 places is refused") func truncatedFileIsRefused() throws {
        let whole = Self.example().data.dropLast(28)  // the last tensor's padding
        for step in 0..<40 {
            let length = whole.count * step / 40
            #expect(try outcome(whole.prefix(length))?.contains("cut short") == true, "\(length) bytes")
        }
    }

    private static let counts: [UInt64] = [
        1 << 20, 1 << 31, 1 << 32, 1 << 40, 1 << 47, 1 << 48, 1 << 60, 1 << 62, 1 << 63, .max,
    ]

    @Test("counts that the file cannot hold are refused before memory is allocated", arguments: counts)
    func impossibleCountsAreRefused(count: UInt64) throws {
        var data = Self.example().data
        data.replaceSubrange(8..<16, with: bytes(count))
        #expect(try outcome(data)?.contains("tensors") == true)
        data = Self.example().data
        data.replaceSubrange(16..<24, with: bytes(count))
        #expect(try outcome(data)?.contains("metadata keys") == true)
        let three = bytes(UInt64(3))
        #expect(
            try outcome(replacing(three, with: bytes(count), after: "text"))?.contains("bytes of a text")
                == true)
        let two = bytes(UInt64(2))
        #expect(try outcome(replacing(two, with: bytes(count), after: "texts"))?.contains("'texts'") == true)
        #expect(
            try outcome(replacing(two, with: bytes(count), after: "integers"))?.contains("'integers'") == true
        )
        let one = bytes(UInt64(1))
        #expect(try outcome(replacing(one, with: bytes(count), after: "large"))?.contains("'large'") == true)
        #expect(try outcome(replacing(three, with: bytes(count), after: "matrix")) != nil, "a size")
        #expect(
            try outcome(replacing(bytes(UInt64(32)), with: bytes(count), after: "vector")) != nil, "an offset"
        )
    }

    @Test("wrong shapes are refused") func wrongShapesAreRefused() throws {
        let cases: [([Int], String)] = [
            ([2, 4], "nothing: the file holds the bytes"), ([4, 3], "'vector' at byte 32"),
            ([20, 3], "cut short"),
            ([1 << 24, 1 << 24], "shape"), ([1 << 47, 1 << 47, 1 << 47], "shape"),
            ([1 << 47, 1 << 47, 0], "shape"), ([0, 1 << 47, 1 << 47], "shape"), ([1 << 40], "cut short"),
            ([1, 1, 1, 1, 6], "5 axes"),
        ]
        for (shape, fragment) in cases {
            var file = Self.example()
            file.tensors[0].shape = shape
            // Where the count is smaller or fits, only the bytes that follow tell.
            let message = try outcome(file.data)
            if shape == [2, 4] {
                #expect(message == nil)
            } else {
                #expect(message?.contains(fragment) == true, "\(shape): \(message ?? "loads")")
            }
        }
        var file = Self.example()
        file.tensors[2].shape = [2, 31]
        #expect(try outcome(file.data)?.contains("rows of 31, no multiple of 32") == true)
        file.tensors[2].shape = [3, 32]
        #expect(try outcome(file.data)?.contains("cut short") == true)
    }

    @Test(
        "offsets that overlap, leave a gap or are misaligned are refused", arguments: [0, 1, 31, 33, 64, 96])
    func wrongOffsetsAreRefused(offset: UInt64) throws {
        let data = try replacing(bytes(UInt64(32)), with: bytes(offset), after: "vector")
        #expect(try outcome(data)?.contains("puts tensor 'vector' at byte \(offset)") == true)
    }

    @Test("duplicate names are refused") func duplicateNamesAreRefused() throws {
        var file = Self.example()
        file.tensors[1].name = "matrix"
        #expect(try outcome(file.data)?.contains("tensor 'matrix' twice") == true)
        file = Self.example()
        file.metadata[1].key = "texts"
        #expect(try outcome(file.data)?.contains("metadata 'texts' twice") == true)
    }

    @Test(
        "an alignment that is not a power of 2, too large or not an integer is refused",
        arguments: [.integer(0), .integer(3), .integer(33), .integer(1 << 21), .string("32"), .reals([32])]
            as [GGUFValue])
    func wrongAlignmentIsRefused(value: GGUFValue) throws {
        var file = Self.example()
        file.metadata[0].value = value
        #expect(try outcome(file.data)?.contains("an alignment of") == true)
    }

    @Test("nested arrays of any depth and unknown types are refused", arguments: [1, 2, 100, 100_000])
    func nestedArraysAndUnknownTypesAreRefused(depth: Int) throws {
        let nested = (0..<depth).flatMap { _ in bytes(UInt32(9)) + bytes(UInt64(1)) }
        let message = try outcome(
            replacing(bytes(UInt32(8)), with: bytes(UInt32(9)) + nested, after: "texts"))
        #expect(message?.contains("nests arrays") == true || message?.contains("unknown type") == true)
        for type in [UInt32(13), 14, 255, .max] {
            #expect(try outcome(replacing(bytes(UInt32(8)), with: bytes(type), after: "text")) != nil)
        }
    }

    @Test("text that is not UTF-8 is refused", arguments: ["one", "matrix", "integers", "bc"])
    func invalidUTF8IsRefused(text: String) throws {
        var data = Self.example().data
        let range = try #require(data.range(of: Data(text.utf8)))
        for wrong in [0xFF, 0xC0, 0x80] as [UInt8] {
            data[range.lowerBound] = wrong
            #expect(try outcome(data)?.contains("not UTF-8") == true)
        }
    }

    @Test("no flipped bit of the header stops the program or yields wrong numbers")
    func flippedHeaderBitNeverTraps() throws {
        let whole = Self.example().data
        var (loaded, refused) = (0, 0)
        for position in 0..<Self.example().header.count {
            for bit in [0, 3, 7] {
                var data = whole
                data[position] ^= 1 << bit
                if try outcome(data) == nil { loaded += 1 } else { refused += 1 }
            }
        }
        #expect(loaded > 10 && refused > 300, "\(loaded) loaded, \(refused) refused")
    }
}
