import Foundation
import Pipeline
import RunFixtures
import TestSupport
import Testing

@Suite("Tables of mapped files") struct MappedTablesTests {
    private func tables(_ mapping: String, _ settings: [String], seed: Int = 7) throws -> Tables {
        try withTemporaryFolder { folder in
            try ShopFiles.write(to: folder)
            let file = folder.appending(path: "shop.yaml")
            let text = "construct:\n" + mapping.replacing("  source:\n", with: "  source:\n    folder: .\n")
            try Data(text.utf8).write(to: file)
            let sizes = [
                "users=20", "activateUsers=5", "collaborateUsers=5", "testUsers=5", "auctionVisits=10",
            ]
            let read = try ConfigurationReader.read(
                file, settings: (sizes + settings).map { "construct.\($0)" })
            return try Tables(read.construct, seed: seed)
        }
    }

    @Test(
        "the same files and the same seed give the same bytes",
        arguments: [ShopFiles.logged, ShopFiles.clicks, ShopFiles.events])
    func sameBytes(mapping: String) throws {
        let settings = ["impressionRate=0.4"]
        let (first, again) = (try tables(mapping, settings), try tables(mapping, settings))
        for (name, bytes) in first.files { #expect(again.files[name] == bytes, "\(name)") }
        #expect(first.files.count == again.files.count)
        #expect(try tables(mapping, settings, seed: 8).files["users.jsonl"] != first.files["users.jsonl"])
    }

    @Test("logged impressions keep request, labels, context and every conversion; the rest is sampled")
    func loggedImpressions() throws {
        let (all, part) = (
            try tables(ShopFiles.logged, []), try tables(ShopFiles.logged, ["impressionRate=0.4"])
        )
        #expect(all.summary.impressions == .logged && all.summary.context.map(\.name) == ["slot"])
        // 52 requests of four items per user.
        #expect(all.impressions.count == 20 * 52 * 4)
        let requests = Dictionary(grouping: all.impressions, by: \.basket)
        #expect(requests.count == 20 * 52 && requests.values.allSatisfy { Set($0.map(\.context)).count == 4 })
        #expect(all.impressions.allSatisfy { !$0.isConversion || ($0.isClick && $0.value > 0) })
        #expect(part.impressions.filter(\.isConversion) == all.impressions.filter(\.isConversion))
        let kept = Double(part.impressions.count { !$0.isConversion })
        let share = kept / Double(all.impressions.count { !$0.isConversion })
        #expect(abs(share - 0.4) < 0.06)
    }

    @Test(
        "drawn impressions: purchases convert, views are clicks, the rest comes from the catalogue",
        arguments: [
            "popular", "uniform",
        ])
    func drawnImpressions(standIn: String) throws {
        let drawn = try tables(ShopFiles.events, ["standIn=\(standIn)", "negativesPerVisit=3"])
        #expect(drawn.summary.impressions.rawValue == standIn && drawn.summary.context.isEmpty)
        let bought = Set(drawn.events.map { "\($0.user) \($0.item) \($0.basket)" })
        for impression in drawn.impressions {
            let key = "\(impression.user) \(impression.item) \(impression.basket)"
            #expect(impression.isConversion == bought.contains(key))
        }
        let unclicked = drawn.impressions.count { !$0.isClick }
        let visits = Set(drawn.impressions.map(\.basket)).count
        #expect(unclicked > visits && unclicked <= 3 * visits)
    }

    @Test("attributes and context may have any name") func anyNames() throws {
        let mapping = ShopFiles.logged.replacing(
            "users: {files: [users.csv], id: member}",
            with:
                "users: {files: [users.csv], id: member, attributes: {role: tier, id: tier, kept: tier, "
                + "file: tier}}"
        )
        let found = try tables(
            mapping.replacing(
                "context: {slot: slot}",
                with: "context: {price: slot, id: slot, name: slot, role: slot, number: slot}"), [])
        #expect(found.users.allSatisfy { Set($0.attributes.keys) == ["role", "id", "kept", "file"] })
        #expect(found.users.allSatisfy { ["silver", "gold"].contains($0.attributes["role"] ?? "") })
        #expect(found.summary.context.map(\.name) == ["id", "name", "number", "price", "role"])
    }

    @Test("several targets per user, each with its own history; users of the test count once")
    func samplesPerUser()
        throws
    {
        let found = try tables(ShopFiles.logged, ["samplesPerUser=3"])
        let byRole = Dictionary(grouping: found.samples, by: \.role)
        #expect(byRole[.test]?.count == 5 && byRole[.activate]?.count == 15)
        #expect(Set(found.samples.map(\.id)).count == found.samples.count)
        for samples in Dictionary(grouping: byRole[.activate] ?? [], by: \.user).values {
            #expect(Set(samples.map(\.time)).count == 3)
        }
    }
}
