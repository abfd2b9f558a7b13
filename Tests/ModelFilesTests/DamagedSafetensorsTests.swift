import Foundation
import TestSupport
import Testing

@testable import ModelFiles

/// Damaged files: each is refused with an error that names it, or loads with the bytes that it holds.
@Suite struct DamagedSafetensorsTests {
    private static let body = [UInt8](0..<24) + [1, 0, 0x80, 0x3F, 5, 6]
    private static let entries = [
        #""__metadata__":{"format":"pt"}"#, #""a":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]}"#,
        #""b":{"dtype":"BF16","shape":[2],"data_offsets":[24,28]}"#,
        #""c":{"dtype":"U8","shape":[2,1],"data_offsets":[28,30]}"#,
    ]
    private static let header = "{" + entries.joined(separator: ",") + "}"
    private static let whole = file(header)

    private static func file(_ header: String, claims length: UInt64? = nil) -> Data {
        file(Data(header.utf8), claims: length)
    }

    private static func file(_ header: Data, claims length: UInt64? = nil) -> Data {
        let length = length ?? UInt64(header.count)
        return withUnsafeBytes(of: length.littleEndian) { Data($0) } + header + Data(body)
    }

    /// The outcome of loading: nil on success, else the error message.
    /// Whatever loads must show the bytes of its tensors.
    private func outcome(_ data: Data) throws -> String? {
        try withTemporaryFolder { folder in
            let url = folder.appending(path: "damaged.safetensors")
            try data.write(to: url)
            do {
                let file = try SafetensorsFile(url)
                var end = 8 + Int(data.withUnsafeBytes { $0.loadUnaligned(as: UInt64.self) })
                let inOrder = file.entries.sorted { $0.value.bytes.lowerBound < $1.value.bytes.lowerBound }
                for (name, entry) in inOrder where !entry.bytes.isEmpty {
                    #expect(entry.bytes.lowerBound == end, "the tensors fill the file")
                    end = entry.bytes.upperBound
                    #expect(Data(file.bytes(name)) == data[entry.bytes], "\(name)")
                }
                #expect(end == data.count)
                return nil
            } catch let error as ModelFileError {
                #expect("\(error)".hasPrefix("\(url.path): "), "\(error)")
                return "\(error)"
            }
        }
    }

    @Test("an undamaged file loads with its numbers") func undamagedFileLoads() throws {
        #expect(try outcome(Self.whole) == nil)
    }

    @Test("a file truncated at any of 40 places is refused") func truncatedFileIsRefused() throws {
        for step in 0..<40 {
            let length = Self.whole.count * step / 40
            #expect(try outcome(Self.whole.prefix(length)) != nil, "\(length) bytes")
        }
    }

    @Test(
        "a wrong header length is refused",
        arguments: [0, 1, 7, 8, 1 << 31, 1 << 32, 1 << 60, 1 << 62, 1 << 63, .max, .max - 7, .max - 8]
            as [UInt64])
    func wrongHeaderLengthIsRefused(length: UInt64) throws {
        #expect(try outcome(Self.file(Self.header, claims: length)) != nil)
    }

    /// Pieces of the header, and what takes their place.
    private static let replacements: [(String, String)] = [
        ("[2,3]", "[3,3]"), ("[2,3]", "[2,3,2]"), ("[2,3]", "[]"), ("[2,3]", "[0,3]"), ("[2,3]", "[-2,-3]"),
        ("[2,3]", "[2.0,3]"), ("[2,3]", "[2e0,3]"), ("[2,3]", "[02,3]"), ("[2,3]", "[2,3"), ("[2,3]", "2"),
        ("[2,3]", "null"), ("[2,3]", "[1152921504606846976,3]"), ("[2,3]", "[4611686018427387904,4]"),
        ("[2,3]", "[0,9223372036854775807,2]"), ("[2,3]", "[9223372036854775807]"),
        ("[2,3]", "[9223372036854775808]"),
        ("[2,3]", "[18446744073709551615,2]"), ("[2,3]", "[\"2\",3]"), ("[2,3]", "[2,,3]"),
        ("[2,3]", "[2,3,]"),
        ("[0,24]", "[0,25]"), ("[0,24]", "[1,25]"), ("[0,24]", "[24,0]"), ("[0,24]", "[-24,0]"),
        ("[0,24]", "[0]"), ("[0,24]", "[0,24,30]"), ("[0,24]", "[6,30]"),
        ("[0,24]", "[0,9223372036854775807]"),
        ("[0,24]", "[9223372036854775783,9223372036854775807]"),
        ("[0,24]", "[1152921504606846976,1152921504606847000]"),
        ("[24,28]", "[20,24]"), ("[24,28]", "[26,30]"), ("[24,28]", "[0,4]"), ("[28,30]", "[24,26]"),
        ("F32", "F64"), ("F32", "F16"), ("F32", "F8_E5M2"), ("F32", "f32"), ("F32", ""), ("\"F32\"", "32"),
        ("dtype", "type"), ("shape", "shap"), ("data_offsets", "offsets"), ("\"b\"", "\"a\""), ("\"b\"", "b"),
        ("\"b\"", "\"__metadata__\""), ("\"b\":", "\"b\""), ("{", ""), ("}}", "}"), ("\"", ""), (",", ""),
        ("\"a\"", "\"\\ud800\""), ("\"a\"", "\"\n\""), ("\"pt\"", "\"pt"), ("\"pt\"", "]"),
        ("\"pt\"", String(repeating: "[", count: 100_000)),
    ]

    @Test("a header with a wrong piece is refused", arguments: replacements)
    func wrongHeaderPieceIsRefused(piece: String, replacement: String) throws {
        let range = try #require(Self.header.range(of: piece))
        let header = Self.header.replacingCharacters(in: range, with: replacement)
        #expect(try outcome(Self.file(header)) != nil, "\(piece) → \(replacement.prefix(40))")
    }

    @Test(
        "a header that is not UTF-8 is refused",
        arguments: [[0xFF], [0xC3], [0xC0, 0x80], [0xED, 0xA0, 0x80]])
    func invalidUTF8IsRefused(bytes: [UInt8]) throws {
        var header = Data(Self.header.utf8)
        let range = try #require(header.range(of: Data("\"a\"".utf8)))
        header.replaceSubrange(range, with: Data("\"".utf8) + bytes + Data("\"".utf8))
        #expect(try outcome(Self.file(header)) != nil)
    }

    @Test("no flipped bit of the header stops the program or yields wrong bytes")
    func flippedHeaderBitNeverTraps() throws {
        var (loaded, refused) = (0, 0)
        for position in 0..<8 + Self.header.utf8.count {
            for bit in [0, 2, 5, 7] {
                var data = Self.whole
                data[position] ^= 1 << bit
                if try outcome(data) == nil { loaded += 1 } else { refused += 1 }
            }
        }
        #expect(loaded > 10 && refused > 500, "\(loaded) loaded, \(refused) refused")
    }
}
