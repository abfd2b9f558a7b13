import Foundation
import Pipeline
import TestSupport
import Testing

@Suite("Configuration files that include others") struct IncludedFileTests {
    @Test("a file's own settings win, and paths are relative to the file that has them") func including()
        throws
    {
        try withTemporaryFolder { folder in
            let inner = folder.appending(path: "sources")
            try FileManager.default.createDirectory(at: inner, withIntermediateDirectories: true)
            try Data("seed: 1\nthreads: 1\nconstruct: {source: {folder: logs, script: shop.sql}}\n".utf8)
                .write(to: inner.appending(path: "shop.yaml"))
            let file = folder.appending(path: "mine.yaml")
            try Data("include: [sources/shop.yaml]\nseed: 2\n".utf8).write(to: file)
            let read = try ConfigurationReader.read(file, settings: ["construct.source.folder=elsewhere"])
            #expect(read.seed == 2 && read.threads == 1)
            #expect(read.construct.source.script == inner.appending(path: "shop.sql").path)
            #expect(read.construct.source.folder == "elsewhere")
            #expect(
                try ConfigurationReader.read(file).construct.source.folder
                    == inner.appending(path: "logs").path)
        }
    }

    @Test("configurations that come with the program are found from any folder") func shippedConfigurations()
        throws
    {
        try withTemporaryFolder { folder in
            let file = folder.appending(path: "mine.yaml")
            try Data("include: [minutes.yaml, sources/mind.yaml]\nseed: 3\n".utf8).write(to: file)
            let read = try ConfigurationReader.read(file)
            #expect(read.seed == 3 && read.construct.users == 156)
            #expect(read.construct.source.impressions.labelMark == "-")
        }
    }

    @Test("a fetched data set is no path") func fetchedFolder() throws {
        let preset = PackageFolder.root.appending(path: "Configs/sources/complete-journey.yaml")
        #expect(try ConfigurationReader.read(preset).construct.source.folder == "fetched:completejourney")
    }

    @Test("a missing file, and one that includes itself, are named") func wrongIncludes() throws {
        try withTemporaryFolder { folder in
            let file = folder.appending(path: "a.yaml")
            func message(_ text: String) throws -> String {
                try Data(text.utf8).write(to: file)
                let error = try #require(throws: ConfigurationError.self) {
                    try ConfigurationReader.read(file)
                }
                return "\(error)"
            }
            let missing = try message("include: [b.yaml]\n")
            #expect(missing.contains("b.yaml: cannot be read"))
            let circle = try message("include: [a.yaml]\n")
            #expect(circle.contains("includes it again"))
            let wrong = try message("include: {b: c}\n")
            #expect(wrong.contains("'include' expects a list"))
        }
    }
}
