import DataConstruction
import Foundation
import Pipeline
import RunFixtures
import TestSupport

extension WindowConfiguration {
    /// Mondays of weeks 31, 37, 47 and 54 of 2017.
    static var year2017: WindowConfiguration {
        var windows = WindowConfiguration()
        windows.languageModel = "2017-07-24"
        windows.rankerTraining = "2017-09-04"
        windows.test = "2017-11-13"
        windows.end = "2018-01-01"
        return windows
    }
}

/// Tables of `ShopScript`.
enum SmallShop {
    static let users = ShopScript.users
    static let events = ShopScript.events
    static let items = ShopScript.items

    static var configuration: ConstructConfiguration {
        var configuration = ConstructConfiguration()
        configuration.users = 20
        configuration.minimumPurchases = 20
        configuration.qualifying = .both
        configuration.activateUsers = 5
        configuration.collaborateUsers = 5
        configuration.testUsers = 5
        configuration.catalogueSize = 50
        configuration.impressionRate = 0.5
        configuration.standIn = .promotions
        configuration.windows = WindowConfiguration.year2017
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
