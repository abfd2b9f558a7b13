import DataConstruction
import Foundation
import Pipeline
import TestSupport
import Testing

@Suite("Guessing a mapping", .enabled(if: SharedLogs.areThere)) struct SourceGuessTests {
    /// Guesses, and checks with what was guessed, unchanged.
    private func report(of folders: [String]) throws -> (yaml: String, report: SourceReport) {
        try withTemporaryFolder { temporary in
            let yaml = try SourceGuess(folders.map { SharedLogs.folder.appending(path: $0) }, threads: 2).yaml
            let file = temporary.appending(path: "guess.yaml")
            try Data(yaml.utf8).write(to: file)
            return (yaml, try SharedLogs.report(ConfigurationReader.read(file)))
        }
    }

    @Test("CSV files by pandas and part files by Spark give a mapping that a check accepts unchanged")
    func pandasAndSpark() throws {
        let truth = try SharedLogs.truth()
        let (yaml, found) = try report(of: ["pandas", "spark"])
        #expect(!found.hasErrors, "\(found.faults)")
        #expect(found.counts.events == truth.events && found.counts.purchases == truth.purchases)
        #expect(found.counts.impressions == truth.impressions && found.counts.clicks == truth.clicks)
        #expect(found.counts.conversions == truth.conversions && found.counts.users == truth.users)
        #expect(yaml.contains("categories: [department, class, subclass]") && yaml.contains("spark/ads]"))
    }

    @Test(
        "other shapes with named columns are accepted too",
        arguments: ["pandas", "recbole", "kuairand", "amazon-2023", "hm"])
    func namedShapes(folder: String) throws {
        let (yaml, found) = try report(of: [folder])
        #expect(!found.hasErrors, "\(yaml)\n\(found.faults)")
        #expect(found.counts.items == 66 && found.counts.purchases == 1309)
        // What came of an impression is no context.
        #expect(!yaml.contains("is_like") && !yaml.contains("play_time_ms"))
    }

    @Test(
        "files without names of columns are listed, not guessed",
        arguments: ["mind", "taobao", "movielens-1m"])
    func unnamedShapes(folder: String) throws {
        let yaml = try SourceGuess([SharedLogs.folder.appending(path: folder)], threads: 2).yaml
        #expect(yaml.contains("# Not used: ") && yaml.contains("Configs/sources has mappings"))
        #expect(!yaml.contains("events:\n"))
    }

    @Test("a folder without files is an error") func emptyFolder() throws {
        try withTemporaryFolder { folder in
            let error = #expect(throws: DataConstructionError.self) {
                _ = try SourceGuess([folder], threads: 2)
            }
            #expect("\(error as Any)".contains("no file is called"))
        }
    }
}
