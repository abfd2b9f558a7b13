import Foundation
import TestSupport
import Testing
import Torch

@testable import ModelFiles

@Suite struct SafetensorsTests {
    /// A file from a JSON header and bytes.
    private func write(_ header: String, _ body: [UInt8] = [], length: UInt64? = nil, to url: URL) throws {
        let count = length ?? UInt64(header.utf8.count)
        let prefix = (0..<8).map { UInt8(truncatingIfNeeded: count >> (8 * $0)) }
        try (Data(prefix) + Data(header.utf8) + Data(body)).write(to: url)
    }

    private func message(_ header: String, _ body: [UInt8] = [], length: UInt64? = nil) throws -> String {
        try withTemporaryFolder { folder in
            let url = folder.appending(path: "broken.safetensors")
            try write(header, body, length: length, to: url)
            let error = try #require(throws: ModelFileError.self) { try SafetensorsFile(url) }
            #expect("\(error)".hasPrefix(url.path), "the message begins with the file: \(error)")
            return "\(error)"
        }
    }

    @Test("tensors of every element type read back as written") func everyElementTypeReadsBack()
        throws
    {
        try withTemporaryFolder { folder in
            let url = folder.appending(path: "model.safetensors")
            let values = [0, 1, 0.1, -2.75, 65_504, 1e-3] as [Double]
            let tensors = try ElementType.allCases.map { type in
                (
                    name: "of \(type)",
                    tensor: try Tensor.from(values.map { type == .uint8 ? abs($0) : $0 }, shape: [2, 3]).to(
                        type)
                )
            }
            let scalar = (name: "scalar", tensor: try Tensor.full([], 3))
            let empty = (name: "empty", tensor: try Tensor.zeros([0, 4]))
            let turned = (name: "turned", tensor: try tensor([1, 2, 3, 4, 5, 6], 2, 3).transposed(0, 1))
            try SafetensorsFile.write(tensors + [scalar, empty, turned], to: url)
            let file = try SafetensorsFile(url)
            #expect(file.entries.count == tensors.count + 3)
            for (name, tensor) in tensors + [scalar, empty, turned] {
                let read = try file.tensor(name)
                #expect(read.shape == tensor.shape, "\(name)")
                #expect(try read.elementType == tensor.elementType, "\(name)")
                #expect(try read.withBytes { Array($0) } == tensor.withBytes { Array($0) }, "\(name)")
            }
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["model.safetensors"])
        }
    }

    @Test("the header is padded so that tensors are aligned") func headerIsPadded()
        throws
    {
        try withTemporaryFolder { folder in
            let url = folder.appending(path: "x.safetensors")
            try SafetensorsFile.write([("x", Tensor.full([2], 1))], to: url)
            let bytes = try Data(contentsOf: url)
            #expect(bytes.count % 8 == 0)
            #expect(bytes.suffix(8) == Data([0, 0, 0x80, 0x3F, 0, 0, 0x80, 0x3F]))
        }
    }

    @Test("a missing file and a missing tensor are named") func missingFileOrTensorIsNamed() throws {
        try withTemporaryFolder { folder in
            let url = folder.appending(path: "none.safetensors")
            let missing = try #require(throws: ModelFileError.self) { try SafetensorsFile(url) }
            #expect("\(missing)".hasPrefix("\(url.path): cannot be read"))
            try SafetensorsFile.write([("x", Tensor.full([2], 1))], to: url)
            let file = try SafetensorsFile(url)
            let unknown = try #require(throws: ModelFileError.self) { try file.tensor("y") }
            #expect("\(unknown)" == "\(url.path): has no tensor 'y'")
            let elsewhere = folder.appending(path: "no/such/folder/x.safetensors")
            #expect(throws: ModelFileError.self) {
                try SafetensorsFile.write([("x", Tensor.full([2], 1))], to: elsewhere)
            }
        }
    }

    @Test("a file truncated anywhere is refused") func truncatedFileIsRefused() throws {
        try withTemporaryFolder { folder in
            let url = folder.appending(path: "whole.safetensors")
            try SafetensorsFile.write([("x", Tensor.full([3], 1)), ("y", Tensor.full([2, 2], 2))], to: url)
            let whole = try Data(contentsOf: url)
            let cut = folder.appending(path: "cut.safetensors")
            for length in 0..<whole.count {
                try whole.prefix(length).write(to: cut)
                let error = try #require(throws: ModelFileError.self, "\(length) bytes") {
                    try SafetensorsFile(cut)
                }
                #expect("\(error)".hasPrefix(cut.path), "\(length) bytes")
            }
        }
    }

    @Test("a damaged header is refused with the reason") func damagedHeaderIsRefused() throws {
        let eight = [UInt8](repeating: 0, count: 8)
        #expect(try message("{}", length: .max).contains("header claims \(UInt64.max) bytes"))
        #expect(try message("no JSON").contains("not JSON"))
        #expect(try message("[1, 2]").contains("is a list; expected an object of tensors"))
        #expect(try message(#"{"x": {"dtype": "F32"}}"#).contains("'x' that cannot be read"))
        #expect(
            try message(#"{"x": {"dtype": "F32", "shape": [2.0], "data_offsets": [0, 8]}}"#, eight)
                .contains("'x' that cannot be read; expected dtype"))
        #expect(
            try message(#"{"x": {"dtype": "F8_E4M3", "shape": [8], "data_offsets": [0, 8]}}"#, eight)
                .contains("holds 'x' as F8_E4M3, which is not supported"))
        #expect(
            try message(#"{"x": {"dtype": "F32", "shape": [3], "data_offsets": [0, 8]}}"#, eight)
                .contains("gives 'x' 8 bytes for shape [3] of float32"))
        #expect(
            try message(#"{"x": {"dtype": "F32", "shape": [4], "data_offsets": [0, 16]}}"#, eight)
                .contains("is cut short: 'x' ends at byte"))
    }

    @Test(
        "impossible offsets and shapes are refused before anything is computed from them",
        arguments: [
            #"{"x": {"dtype": "F32", "shape": [2], "data_offsets": [8, 0]}}"#,
            #"{"x": {"dtype": "F32", "shape": [2], "data_offsets": [-8, 0]}}"#,
            #"{"x": {"dtype": "F32", "shape": [2], "data_offsets": [0, 9223372036854775807]}}"#,
            #"{"x": {"dtype": "F32", "shape": [-1, -2], "data_offsets": [0, 8]}}"#,
            #"{"x": {"dtype": "F32", "shape": [4611686018427387904, 4], "data_offsets": [0, 8]}}"#,
        ])
    func impossibleOffsetsAreRefused(header: String) throws {
        #expect(try message(header, [UInt8](repeating: 0, count: 8)).contains("'x'"))
    }

    @Test("tensors that overlap, leave a gap, share a name or end before the file are refused")
    func invalidLayoutsAreRefused() throws {
        func entry(_ name: String, _ start: Int, _ end: Int) -> String {
            #""\#(name)": {"dtype": "U8", "shape": [\#(end - start)], "data_offsets": [\#(start), \#(end)]}"#
        }
        let eight = [UInt8](repeating: 0, count: 8)
        #expect(
            try message("{\(entry("x", 0, 5)), \(entry("y", 4, 8))}", eight).contains(
                "'y' at byte"))
        #expect(try message("{\(entry("x", 0, 3)), \(entry("y", 4, 8))}", eight).contains("it is damaged"))
        #expect(
            try message("{\(entry("x", 0, 8)), \(entry("x", 0, 8))}", eight).contains(
                "two tensors of the name 'x'"))
        #expect(try message("{\(entry("x", 0, 7))}", eight).contains("goes on for 1 bytes after its last"))
    }

    @Test("any name reads back as written") func anyNameReadsBack() throws {
        let names = [#"a "quoted" \name"#, "line\nend\u{0}\u{1F}\t", "é 😀", "", "/"]
        try withTemporaryFolder { folder in
            let url = folder.appending(path: "names.safetensors")
            let tensors = try names.enumerated().map { (name: $1, tensor: try Tensor.full([2], Double($0))) }
            try SafetensorsFile.write(tensors, to: url)
            let file = try SafetensorsFile(url)
            #expect(Set(file.entries.keys) == Set(names))
            for (name, tensor) in tensors {
                #expect(
                    try file.tensor(name).elements(Float.self) == tensor.elements(),
                    "\(name.debugDescription)")
            }
            let header = try Data(contentsOf: url).dropFirst(8)
            #expect(header.prefix { $0 != 0 }.allSatisfy { $0 >= 0x20 }, "control characters are escaped")
        }
    }

    @Test("every kind of escape in a name is resolved") func escapedNamesAreRead() throws {
        try withTemporaryFolder { folder in
            let url = folder.appending(path: "x.safetensors")
            let name = #"\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00"#
            let metadata = #""__metadata__": {"a": "{[", "b": [1, -2.5e3, true, null, {"c": {}}]}"#
            let entry = #"{"dtype": "U8", "new": [[]], "shape": [1], "data_offsets": [0, 1]}"#
            try write("{\(metadata), \"\(name)\": \(entry)}", [7], to: url)
            let file = try SafetensorsFile(url)
            #expect(Array(file.entries.keys) == ["\"\\/\u{8}\u{C}\n\r\té😀"])
        }
        for name in [#"\x"#, #"\u12"#, #"\ud83d"#, #"\ud83dA"#, #"\ude00"#, "a\nb"] {
            let entry = #"{"dtype": "U8", "shape": [1], "data_offsets": [0, 1]}"#
            #expect(try message("{\"\(name)\": \(entry)}", [7]).contains("not JSON"), "\(name)")
        }
    }
}
