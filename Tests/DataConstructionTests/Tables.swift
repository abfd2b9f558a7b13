import DataConstruction
import Foundation
import Pipeline
import RankingModels
import TestSupport

/// What data construction wrote, read back.
struct Tables: Sendable {
    let summary: ConstructionSummary
    let users: [User]
    let items: [Item]
    let events: [Event]
    let impressions: [Impression]
    let samples: [PromptSample]
    let catalogue: [CatalogueEntry]
    let inference: [InferencePrompt]
    /// Bytes of every file, by name.
    let files: [String: Data]

    init(_ configuration: ConstructConfiguration, seed: Int) throws {
        self = try withTemporaryFolder { folder in
            let constructor = try DataConstructor(configuration, seed: seed, threads: 2)
            let tables = ConstructedTables(folder: folder)
            let summary = try constructor.writeTables(to: tables, progress: RunProgress())
            return try Tables(reading: tables, summary)
        }
    }

    /// Writes the files once more.
    func write(to folder: URL) throws -> ConstructedTables {
        for (name, data) in files { try data.write(to: folder.appending(path: name)) }
        return ConstructedTables(folder: folder)
    }

    private init(reading tables: ConstructedTables, _ summary: ConstructionSummary) throws {
        self.summary = summary
        users = try tables.users()
        items = try tables.items()
        events = try tables.events(users: users, items: items)
        impressions = try ImpressionFile(
            tables.impressions, RankingData(users: users, items: items, events: [], context: summary.context)
        ).all()
        samples = try tables.sampleFile.read()
        catalogue = try tables.catalogue()
        inference = try tables.inferenceFile.read()
        let folder = tables.folder
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        files = Dictionary(
            uniqueKeysWithValues: try names.map { ($0, try Data(contentsOf: folder.appending(path: $0))) })
    }
}

/// Tables of The Complete Journey for few users, made once for all tests that only read them.
enum Journey {
    static var configuration: ConstructConfiguration {
        get throws {
            var configuration = try source
            configuration.users = 40
            configuration.activateUsers = 10
            configuration.collaborateUsers = 10
            configuration.testUsers = 10
            configuration.catalogueSize = 800
            return configuration
        }
    }

    /// The mapping that comes with the program.
    static var source: ConstructConfiguration {
        get throws {
            try ConfigurationReader.read(
                PackageFolder.root.appending(path: "Configs/sources/complete-journey.yaml")
            ).construct
        }
    }

    /// The Monday midnight that a week of 2017 begins with, in seconds since 1970.
    static func second(ofWeek week: Int) -> Int64 { 1_483_315_200 + 604_800 * Int64(week - 2) }

    static let tables = Result { try Tables(try configuration, seed: 7) }
}
