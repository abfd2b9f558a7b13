import Foundation
import Pipeline
import TestSupport
import Testing

@testable import DataConstruction

@Suite("Prompts of the moment") struct LivePromptTests {
    private static let items = (0..<6).map {
        Item(
            id: "i\($0)", title: $0 == 5 ? "thing 4" : "thing \($0)",
            categories: ["shop", "shelf \($0 % 2)", "kind \($0)"], brand: "", price: nil)
    }

    private func event(_ item: Int32, _ time: Int64, value: Double = 1, basket: Int64 = 0) -> Event {
        Event(user: 0, item: item, time: time, quantity: 1, value: value, basket: basket)
    }

    private func prompt(_ events: [Event], profile: String = "tier gold", length: Int = 3) throws -> String {
        var configuration = ConstructConfiguration()
        configuration.historyLength = length
        var live = try LivePrompt(configuration, tokenCount: nil)
        return try live.prompt(
            User(id: "u", profile: profile, attributes: [:], role: .other), events: events, items: Self.items)
    }

    @Test("a title stands once, where it was chosen last, newest first; of one visit, the dearest first")
    func history() throws {
        let text = try prompt([
            event(0, 1), event(1, 2), event(0, 3), event(2, 4, value: 1), event(3, 4, value: 9), event(4, 0),
        ])
        #expect(
            text.contains("newest first: thing 3 (kind 3); thing 2 (kind 2); thing 0 (kind 0)\n"), "\(text)")
        #expect(text.contains("User: tier gold\n"))
        #expect(text.contains("again and again: thing 0 ×2\n"))
    }

    @Test("what is usual is counted by title, most often first") func usual() throws {
        let text = try prompt([
            event(4, 1), event(5, 2), event(4, 3), event(1, 1), event(1, 2), event(2, 9),
        ])
        #expect(text.contains("again and again: thing 4 ×3, thing 1 ×2\n"), "\(text)")
    }

    @Test("an unknown user has the favorite categories as profile") func unknownUser() throws {
        let text = try prompt([event(1, 1), event(3, 2), event(2, 3)], profile: "")
        #expect(text.contains("User: mostly shelf 1, shelf 0\n"), "\(text)")
    }

    @Test("is the prompt that stage 1 wrote, for every user at the start of the rankers' window")
    func equalsStageOne() throws {
        for (tables, configuration) in [
            (try Journey.tables.get(), try Journey.configuration),
            (try SmallShop.tables(), SmallShop.configuration),
        ] {
            var live = try LivePrompt(configuration, tokenCount: nil)
            #expect(!tables.inference.isEmpty)
            for wanted in tables.inference {
                let own = tables.events.filter { $0.user == wanted.user && $0.time < wanted.time }
                let found = try live.prompt(tables.users[Int(wanted.user)], events: own, items: tables.items)
                #expect(found == wanted.prompt)
            }
        }
    }

    @Test("snapshots begin with the prompts of stage 1, and later ones know what happened since")
    func snapshots() throws {
        let tables = try SmallShop.tables()
        try withTemporaryFolder { folder in
            let files = try tables.write(to: folder)
            var configuration = TaijiConfiguration()
            configuration.construct = SmallShop.configuration
            configuration.rank.snapshots = 3
            let output = SnapshotPrompts(folder: folder)
            try SnapshotPromptWriter(configuration, files, tokenCount: nil)
                .write(to: output, progress: RunProgress())
            let prompts = try output.prompts.read()
            let count = tables.users.count
            #expect(prompts.count == 3 * count && Array(prompts[..<count]) == tables.inference)
            let windows = tables.summary.windows
            let step = (windows.end - windows.rankerTraining) / 3
            #expect(
                prompts.map(\.time)
                    == (0..<3).flatMap { Array(repeating: windows.rankerTraining + $0 * step, count: count) })
            #expect(prompts.map(\.user) == (0..<3).flatMap { _ in (0..<Int32(count)) })
            // A user whose prompt changed has behaved in between, and only such a user.
            for place in count..<prompts.count {
                let (before, after) = (prompts[place - count], prompts[place])
                let hasBehaved = tables.events.contains {
                    $0.user == after.user && (before.time..<after.time).contains($0.time)
                }
                #expect(hasBehaved || before.prompt == after.prompt)
            }
            #expect(zip(prompts, prompts.dropFirst(count)).contains { $0.prompt != $1.prompt })
        }
    }
}
