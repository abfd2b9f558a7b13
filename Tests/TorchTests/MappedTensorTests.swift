import Foundation
import ModelFiles
import TestSupport
import Testing
import Torch

@Suite struct MappedTensorTests {
    /// How many mappings of a file this process has.
    private func mappings(of url: URL) throws -> Int {
        // The reported size of this file is 0, although it can be read.
        let file = try FileHandle(forReadingFrom: URL(filePath: "/proc/self/maps"))
        let maps = String(decoding: try file.readToEnd() ?? Data(), as: UTF8.self)
        return maps.split(separator: "\n").count { $0.contains(url.lastPathComponent) }
    }

    private func file(in folder: URL) throws -> URL {
        let url = folder.appending(path: "mapped-\(UUID().uuidString).safetensors")
        try SafetensorsFile.write([("x", tensor([1, 2, 3, 4], 2, 2)), ("y", Tensor.full([3], 5))], to: url)
        return url
    }

    #if os(Linux)
        @Test("a file is mapped once, until the last tensor over it is gone")
        func fileIsMappedOnce() throws {
            try withTemporaryFolder { folder in
                let url = try file(in: folder)
                var file: SafetensorsFile? = try SafetensorsFile(url)
                #expect(try mappings(of: url) == 1)
                var x = try file?.tensor("x")
                var view = try x?.slice(0, 1..<2)
                var y = try file?.tensor("y")
                file = nil
                #expect(try mappings(of: url) == 1)
                try expect(#require(x), [1, 2, 3, 4], [2, 2])
                (x, y) = (nil, nil)
                #expect(y == nil)
                #expect(try mappings(of: url) == 1, "a view of a tensor keeps the mapping")
                try expect(#require(view), [3, 4], [1, 2])
                view = nil
                #expect(try mappings(of: url) == 0)
            }
        }

        @Test("the mapping ends with the file if no tensor was read or a tensor was refused")
        func unusedMappingEndsWithTheFile() throws {
            try withTemporaryFolder { folder in
                let url = try file(in: folder)
                do {
                    let file = try SafetensorsFile(url)
                    #expect(file.entries.count == 2)
                    #expect(throws: ModelFileError.self) { try file.tensor("z") }
                }
                #expect(try mappings(of: url) == 0)
            }
        }
    #endif

    @Test("two tensors of one name share memory, so nothing is copied")
    func equalNamesShareMemory() throws {
        try withTemporaryFolder { folder in
            let file = try SafetensorsFile(file(in: folder))
            let (first, second) = (try file.tensor("x"), try file.tensor("x"))
            try withoutGrad { try first.scale(by: 2) }
            try expect(second, [2, 4, 6, 8], [2, 2])
        }
    }

    @Test("writing to a tensor changes neither the file nor another mapping of it")
    func writesStayPrivate() throws {
        try withTemporaryFolder { folder in
            let url = try file(in: folder)
            let before = try Data(contentsOf: url)
            let (one, other) = (try SafetensorsFile(url), try SafetensorsFile(url))
            let x = try one.tensor("x")
            try withoutGrad { try x.scale(by: 2) }
            try expect(x, [2, 4, 6, 8], [2, 2])
            try expect(other.tensor("x"), [1, 2, 3, 4], [2, 2])
            #expect(try Data(contentsOf: url) == before)
        }
    }

    @Test("a tensor keeps its numbers when its file is replaced")
    func tensorOutlivesAReplacedFile() throws {
        try withTemporaryFolder { folder in
            let url = try file(in: folder)
            let x = try SafetensorsFile(url).tensor("x")
            try SafetensorsFile.write([("x", x * 10), ("old", x)], to: url)
            try expect(x, [1, 2, 3, 4], [2, 2])
            let file = try SafetensorsFile(url)
            try expect(file.tensor("x"), [10, 20, 30, 40], [2, 2])
            try expect(file.tensor("old"), [1, 2, 3, 4], [2, 2])
        }
    }

    @Test("a misaligned tensor is copied, and its numbers are right") func misalignedTensorIsCopied() throws {
        try withTemporaryFolder { folder in
            let url = folder.appending(path: "odd.safetensors")
            let header = #"{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#
            for padding in 0..<8 {
                let text = header + String(repeating: " ", count: padding)
                var data =
                    withUnsafeBytes(of: UInt64(text.utf8.count).littleEndian) { Data($0) } + Data(text.utf8)
                data += [0, 0, 0x80, 0x3F, 0, 0, 0, 0xC0]
                try data.write(to: url)
                let file = try SafetensorsFile(url)
                let (first, second) = (try file.tensor("x"), try file.tensor("x"))
                #expect(try first.elements(Float.self) == [1, -2], "\(padding)")
                try withoutGrad { try first.scale(by: 2) }
                let isShared = try second.elements(Float.self) == [2, -4]
                #expect(isShared == ((8 + text.utf8.count) % 4 == 0), "\(padding)")
            }
        }
    }

    @Test("types of every size are aligned in a written file")
    func everyTypeIsAligned() throws {
        try withTemporaryFolder { folder in
            let url = folder.appending(path: "types.safetensors")
            let tensors = try ElementType.allCases.map { ("\($0)", try Tensor.full([3], 1, type: $0)) }
            try SafetensorsFile.write(tensors, to: url)
            let file = try SafetensorsFile(url)
            for type in ElementType.allCases where type != .bool {
                let (first, second) = (try file.tensor("\(type)"), try file.tensor("\(type)"))
                try withoutGrad { try first.copy(from: Tensor.full([3], 2)) }
                #expect(try second.to(.float64).elements() == [2, 2, 2] as [Double], "\(type)")
            }
        }
    }

    @Test("a folder and an empty file are refused")
    func foldersAndEmptyFilesAreRefused() throws {
        try withTemporaryFolder { folder in
            let error = try #require(throws: ModelFileError.self) { try SafetensorsFile(folder) }
            #expect("\(error)".contains("not a plain file"))
            let empty = folder.appending(path: "empty")
            try Data().write(to: empty)
            let short = try #require(throws: ModelFileError.self) { try SafetensorsFile(empty) }
            #expect("\(short)".contains("0 bytes long"))
        }
    }
}
