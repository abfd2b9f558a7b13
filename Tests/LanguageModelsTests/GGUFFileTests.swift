import Foundation
import TestSupport
import Testing

@testable import LanguageModels
@testable import ModelFiles

@Suite struct GGUFFileTests {
    /// Three tensors of different types and one metadata value of each kind.
    private static let example: GGUFWriter = {
        var file = GGUFWriter()
        file.metadata = [
            ("general.alignment", .integer(32)), ("real", .real(0.5)), ("bool", .bool(true)),
            ("text", .string("é")),
            ("texts", .strings(["a", ""])), ("integers", .integers([-1, 7])), ("reals", .reals([0.25])),
        ]
        file.tensors = [
            .init(name: "matrix", shape: [2, 3], floats: [1, 2, 3, 4, 5, 6]),
            .init(name: "vector", shape: [1], floats: [-7]),
            // Q8_0: scale 2 and the numbers −16…15.
            .init(
                name: "block", shape: [1, 32], type: 8,
                bytes: [0x00, 0x40] + (0..<32).map { UInt8(bitPattern: Int8($0 - 16)) }),
        ]
        return file
    }()

    private func open(_ data: Data) throws -> GGUFFile {
        try withTemporaryFolder { folder in
            let url = folder.appending(path: "model.gguf")
            try data.write(to: url)
            return try GGUFFile(url)
        }
    }

    private func message(_ data: Data) throws -> String {
        let error = try #require(throws: ModelFileError.self) { try open(data) }
        #expect(error.path.hasSuffix("model.gguf"))
        return error.message
    }

    @Test("metadata and tensors are read as written") func fileRoundTrip() throws {
        let file = try open(Self.example.data)
        #expect(
            file.metadata
                == Dictionary(uniqueKeysWithValues: Self.example.metadata.map { ($0.key, $0.value) }))
        #expect(try file.info("matrix").shape == [2, 3])
        #expect(try file.values("matrix") == [1, 2, 3, 4, 5, 6])
        #expect(try file.values("vector") == [-7])
        #expect(try file.values("block") == (0..<32).map { Float(2 * ($0 - 16)) })
        #expect(try file.required("text", \.string) == "é")
    }

    @Test("missing metadata and tensors are named") func missingEntriesAreNamed() throws {
        let none = URL(filePath: "/no/such/model.gguf")
        let missing = try #require(throws: ModelFileError.self) { try GGUFFile(none) }
        #expect("\(missing)".hasPrefix("/no/such/model.gguf: cannot be read"))
        #expect("\(missing)".contains("make setup"))
        let file = try open(Self.example.data)
        #expect(
            "\(try #require(throws: ModelFileError.self) { try file.values("other") })"
                .hasSuffix("has no tensor 'other'"))
        #expect(
            "\(try #require(throws: ModelFileError.self) { try file.required("bool", \.string) })"
                .contains("has no metadata 'bool'"))
        #expect(
            "\(try #require(throws: ModelFileError.self) { try file.required("key", \.integer) })"
                .contains("has no metadata 'key'"))
    }

    @Test("a file truncated anywhere is refused as cut short") func truncatedFileIsRefused() throws {
        let whole = Self.example.data
        let lastByte = whole.count - (64 - 34)  // the padding after the last tensor may be missing
        for length in 0..<lastByte {
            let message = try message(whole.prefix(length))
            #expect(message.contains("cut short"), "\(length) bytes: \(message)")
        }
        _ = try open(whole.prefix(lastByte))
    }

    @Test("another kind of file, version or tensor type is named")
    func unknownKindsAreNamed() throws {
        var file = Self.example
        file.magic = Array("GGML".utf8)
        #expect(try message(file.data).contains("does not begin with 'GGUF'"))
        file = Self.example
        file.version = 1
        #expect(try message(file.data).contains("version 1; versions 2 and 3 are read"))
        file.version = 2
        #expect(try open(file.data).tensors.count == 3)
        file.tensors[1].type = 99
        #expect(try message(file.data).contains("tensor 'vector' as unknown type 99; known types: f32, f16"))
        file = Self.example
        file.tensors[0].type = 8
        #expect(try message(file.data).contains("rows of 3, no multiple of 32"))
    }

    /// A damaged file may load, or be refused, and must not stop the program.
    @Test("no damaged byte of the header stops the program")
    func damagedHeaderByteNeverTraps() throws {
        let whole = Self.example.data
        try withTemporaryFolder { folder in
            let url = folder.appending(path: "model.gguf")
            var (loaded, refused) = (0, 0)
            for position in 0..<Self.example.header.count {
                for value in [0, 1, 0x7F, 0xFF, whole[position] ^ 0x80] where value != whole[position] {
                    var data = whole
                    data[position] = value
                    try data.write(to: url)
                    do {
                        let file = try GGUFFile(url)
                        for name in file.tensors.keys { _ = try file.values(name) }
                        loaded += 1
                    } catch is ModelFileError {
                        refused += 1
                    }
                }
            }
            #expect(loaded > 100 && refused > 100, "\(loaded) loaded, \(refused) refused")
        }
    }

    @Test("sizes whose product overflows are refused") func overflowingSizesAreRefused() throws {
        var file = Self.example
        file.tensors[0].shape = [1 << 39, 1 << 39]
        #expect(try message(file.data).contains("'matrix'"))
        file = Self.example
        file.metadata[0].value = .integer(0)
        #expect(try message(file.data).contains("alignment"))
    }
}
