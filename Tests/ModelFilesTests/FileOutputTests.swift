import Foundation
import TestSupport
import Testing

@testable import ModelFiles

@Suite("File output") struct FileOutputTests {
    private struct Unrelated: Error {}

    private func write(_ bytes: [UInt8], to url: URL) throws {
        try FileOutput.write(to: url) { try bytes.withUnsafeBytes($0.append) }
    }

    @Test("a file is replaced only once the new one is complete, and no partial file is left behind")
    func replacement() throws {
        try withTemporaryFolder { folder in
            let url = folder.appending(path: "file")
            try write([1, 2], to: url)
            #expect(throws: Unrelated.self) {
                try FileOutput.write(to: url) { output in
                    try [3 as UInt8].withUnsafeBytes(output.append)
                    #expect(output.count == 1)
                    throw Unrelated()
                }
            }
            #expect(try Data(contentsOf: url) == Data([1, 2]))
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["file"])
        }
    }

    @Test("an error of the body is rethrown unchanged, also one of Foundation's about another file")
    func errorsOfTheBody() throws {
        try withTemporaryFolder { folder in
            let other = folder.appending(path: "missing")
            let error = #expect(throws: CocoaError.self) {
                try FileOutput.write(to: folder.appending(path: "file")) { _ in
                    _ = try Data(contentsOf: other)
                }
            }
            #expect(error?.code == .fileReadNoSuchFile)
        }
    }

    @Test("a missing folder, or a folder in the file's place, is named") func failures() throws {
        try withTemporaryFolder { folder in
            let missing = folder.appending(path: "missing/file")
            let error = #expect(throws: ModelFileError.self) { try write([1], to: missing) }
            #expect(error?.path == missing.path)
            #expect(error?.message.hasPrefix("cannot be written (") == true)

            let taken = folder.appending(path: "taken")
            try FileManager.default.createDirectory(
                at: taken.appending(path: "inside"), withIntermediateDirectories: true)
            let refused = #expect(throws: ModelFileError.self) { try write([1], to: taken) }
            #expect(refused?.message.hasPrefix("cannot be put in place (") == true)
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["taken"])
        }
    }
}
