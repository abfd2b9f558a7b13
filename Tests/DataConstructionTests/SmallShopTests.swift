import DataConstruction
import DuckDB
import Foundation
import Pipeline
import TestSupport
import Testing

@Suite struct SmallShopTests {
    private func message(
        script: String, change: (inout ConstructConfiguration) -> Void = { _ in }
    ) throws -> String {
        do {
            _ = try SmallShop.tables(script: script, change: change)
        } catch {
            return "\(error)"
        }
        return "no error"
    }

    private let shop = SmallShop.users + SmallShop.events + SmallShop.items

    @Test("a user's own data become tables") func ownDataBecomesTables() throws {
        let tables = try SmallShop.tables()
        #expect(tables.users.count == 20 && tables.items.count == 24)
        #expect(tables.summary.samples == ["activate": 5, "collaborate": 5, "test": 5])
        #expect(tables.users.allSatisfy { $0.attributes == ["tier": "silver"] })
        #expect(tables.users.allSatisfy { $0.profile.hasPrefix("tier silver; mostly shelf ") })
        // One visit a week with two items, weeks 2 to 53.
        #expect(tables.events.count == 20 * 52 * 2)
        #expect(
            Set(tables.catalogue.map(\.title)) == Set(stride(from: 0, to: 24, by: 2).map { "thing \($0)" }))
    }

    @Test("visits draw their impressions independently") func visitsDrawTheirImpressionsIndependently() throws
    {
        let tables = try SmallShop.tables()
        let shown = Dictionary(grouping: tables.impressions.filter { !$0.isConversion }, by: \.basket)
        let choices = Set(shown.values.map { Set($0.map(\.item)) })
        // 1040 visits choose among 2^12 sets. A draw whose visits fall into a few classes gives far fewer
        // sets: with DuckDB's hash of three values there are 14.
        #expect(choices.count > 500)
        let offered = 20 * 52 * 12 - tables.impressions.count { $0.isConversion }
        let share = Double(tables.impressions.count { !$0.isConversion }) / Double(offered)
        // Standard deviation 0.5 / √11 000 = 0.005; five of them.
        #expect(abs(share - 0.5) < 0.025)
    }

    @Test("the impression rate keeps every conversion") func samplingKeepsAllConversions() throws {
        let kept = try [0.1, 1].map { rate in
            try SmallShop.tables { $0.impressionRate = rate }.impressions.filter(\.isConversion)
        }
        #expect(!kept[0].isEmpty && kept[0] == kept[1])
    }

    @Test("an unknown user is named, with the number of events") func unknownUserIsNamed() throws {
        let wrong =
            "INSERT INTO source_events VALUES ('ghost', 'i1', '2017-02-02', 'purchase', 1, 1, 1, 1, 2), "
            + "('u1', 'i1', '2017-01-01', 'purchase', 1, 1, 1, 1, 1), "
            + "('ghost', 'i2', '2017-02-01', 'purchase', 1, 1, 1, 1, 2);"
        let said = try message(script: shop + wrong)
        #expect(
            said
                == "population.sql: 2 events name an unknown user; the first is user ghost at 2017-02-01 "
                + "00:00:00; "
                + "add the user to source_users or remove its events")
    }

    @Test("an unknown item is named, with the number of events") func unknownItemIsNamed() throws {
        let wrong = "INSERT INTO source_events VALUES ('u1', 'i99', '2017-01-01', 'purchase', 1, 1, 1, 1, 1);"
        let said = try message(script: shop + wrong)
        #expect(
            said
                == "population.sql: 1 events name an unknown item; the first is item i99 at 2017-01-01 "
                + "00:00:00; "
                + "add the item to source_items or remove its events")
    }

    @Test("a wrong or missing script is named") func wrongScriptIsNamed() throws {
        let said = try message(script: SmallShop.users + "SELECT nothing FROM source_users;")
        #expect(said.hasPrefix("shop.sql: Binder Error: Referenced column \"nothing\" not found"))
        let missing = try message(script: shop) { $0.source.script = "/nonexistent/shop.sql" }
        #expect(
            missing
                == "/nonexistent/shop.sql is missing or is no text; set construct.source.script to the SQL "
                + "that "
                + "makes the source relations")
    }

    @Test("an empty split is named, with the setting to change") func emptySplitIsNamed() throws {
        let role = try message(script: shop) { $0.activateUsers = 0 }
        #expect(
            role
                == "the split 'activate' is empty; raise construct.activateUsers and construct.users, or "
                + "widen "
                + "construct.windows")
        let users = try message(script: shop) { $0.minimumPurchases = 1000 }
        #expect(
            users == "the split 'users' is empty; raise construct.users or lower construct.minimumPurchases")
        let period = try message(script: shop) { $0.windows.rankerTraining = $0.windows.test }
        #expect(
            period.hasPrefix("population.sql: the windows do not follow each other: 2017-07-24 00:00:00, "))
        let early = try message(script: shop) { $0.windows.languageModel = "2017-01-01" }
        #expect(
            early == "the split 'users' is empty; raise construct.users or lower construct.minimumPurchases")
    }

    @Test("rows that a source leaves out are counted by reason") func skippedRowsAreCounted() throws {
        let count = "INSERT INTO source_skipped VALUES ('returns', 3), ('returns', 4), ('tests', 1);"
        let tables = try SmallShop.tables(script: shop + count)
        #expect(tables.summary.skipped == ["returns": 7, "tests": 1])
    }

    @Test("a bought item is clicked, also one without a category that shares the title of one with")
    func boughtWithoutCategory() throws {
        let change = """
            UPDATE source_items SET title = 'thing 0', categories = ['shop', '', ''] WHERE id = 'i2';
            """
        let tables = try SmallShop.tables(script: shop + change)
        let item = try #require(tables.items.firstIndex { $0.id == "i2" })
        let own = tables.impressions.filter { $0.item == Int32(item) }
        #expect(own.contains(where: \.isConversion) && own.allSatisfy { $0.isClick || !$0.isConversion })
    }

    @Test("users with a target in one window alone have a role of that window") func eitherWindowQualifies()
        throws
    {
        // Users below 10 buy nothing in the test; users from 20 on nothing in the language model's window.
        let halves = """
            DELETE FROM source_events WHERE CAST(substr(user_id, 2) AS INTEGER) < 10 AND time >= '2017-11-13'
                OR CAST(substr(user_id, 2) AS INTEGER) >= 20 AND time BETWEEN '2017-07-24' AND '2017-09-03';
            """
        func roles(_ qualifying: ConstructConfiguration.Qualifying) throws -> [String: Int] {
            let tables = try SmallShop.tables(script: shop + halves) {
                $0.users = 30
                $0.qualifying = qualifying
            }
            for user in tables.users {
                let number = try #require(Int(user.id.dropFirst()))
                #expect(user.role != .test || number >= 10)
                #expect(![.activate, .collaborate].contains(user.role) || number < 20)
            }
            return Dictionary(grouping: tables.users, by: \.role.rawValue).mapValues(\.count)
        }
        #expect(try roles(.either) == ["activate": 5, "collaborate": 5, "test": 5, "other": 15])
        // Ten users are fewer than the fifteen of the roles: each role has its share.
        #expect(try roles(.both) == ["activate": 3, "collaborate": 4, "test": 3])
    }

    @Test("impressions that a script logs are used as logged") func scriptLogsImpressions() throws {
        let logged = """
            CREATE TABLE source_impressions AS
            SELECT user_id, item_id, time, 'r' || basket AS request, value > 2 AS click,
                   value > 2 AS conversion, 'top' AS slot
            FROM source_events;
            """
        let tables = try SmallShop.tables(script: shop + logged) { $0.impressionRate = 1 }
        #expect(tables.summary.impressions == .logged && tables.summary.context.map(\.name) == ["slot"])
        // One row per event, of which one in two converts.
        #expect(tables.impressions.count == 20 * 52 * 2)
        #expect(tables.impressions.count { $0.isConversion } == 20 * 52)
        #expect(tables.impressions.allSatisfy { $0.isClick == $0.isConversion && $0.context == ["top"] })
    }

    @Test("another seed draws other users") func otherSeedDrawsOtherUsers() throws {
        let users = try [7, 8].map { seed in Set(try SmallShop.tables(seed: seed).users.map(\.id)) }
        #expect(users[0] != users[1])
    }
}
