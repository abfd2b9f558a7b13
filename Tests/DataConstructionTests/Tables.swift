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
            let summary = try constructor.writeTables(to: folder, progress: RunProgress())
            return try Tables(reading: folder, summary)
        }
    }

    private init(reading folder: URL, _ summary: ConstructionSummary) throws {
        let file = { (name: String) in folder.appending(path: name) }
        self.summary = summary
        users = try JSONLines.read(User.self, from: file(ConstructedFiles.users))
        items = try JSONLines.read(Item.self, from: file(ConstructedFiles.items))
        events = try Event.read(
            file(ConstructedFiles.events), userCount: users.count, itemCount: items.count)
        impressions = try ImpressionFile(
            file(ConstructedFiles.impressions), RankingData(users: users, items: items, events: [])
        ).all()
        samples = try JSONLines.read(PromptSample.self, from: file(ConstructedFiles.samples))
        catalogue = try JSONLines.read(CatalogueEntry.self, from: file(ConstructedFiles.catalogue))
        inference = try JSONLines.read(InferencePrompt.self, from: file(ConstructedFiles.inference))
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        files = Dictionary(
            uniqueKeysWithValues: try names.map { ($0, try Data(contentsOf: folder.appending(path: $0))) })
    }
}

/// Tables of The Complete Journey for few users, made once for all tests that only read them.
enum Journey {
    static var configuration: ConstructConfiguration {
        var configuration = ConstructConfiguration()
        configuration.users = 40
        configuration.activateUsers = 10
        configuration.collaborateUsers = 10
        configuration.testUsers = 10
        configuration.catalogueSize = 800
        return configuration
    }
    static let tables = Result { try Tables(configuration, seed: 7) }
}
