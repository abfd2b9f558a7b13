import DataConstruction
import Foundation
import Pipeline
import RunFixtures
import TestSupport

/// Tables of `ShopScript`.
enum SmallShop {
    static let users = ShopScript.users
    static let events = ShopScript.events
    static let items = ShopScript.items

    static var configuration: ConstructConfiguration {
        var configuration = ConstructConfiguration()
        configuration.users = 20
        configuration.activateUsers = 5
        configuration.collaborateUsers = 5
        configuration.testUsers = 5
        configuration.catalogueSize = 50
        configuration.impressionRate = 0.5
        return configuration
    }

    /// The tables that a script and a configuration make.
    static func tables(
        script: String = users + events + items, seed: Int = 7,
        change: (inout ConstructConfiguration) -> Void = { _ in }
    ) throws -> Tables {
        try withTemporaryFolder { folder in
            let file = folder.appending(path: "shop.sql")
            try Data(script.utf8).write(to: file)
            var configuration = configuration
            configuration.source.script = file.path
            change(&configuration)
            return try Tables(configuration, seed: seed)
        }
    }
}
