import DataConstruction
import Foundation
import Pipeline
import TestSupport
import Testing

@Suite struct JourneyTests {
    private let tables: Tables

    init() throws { tables = try Journey.tables.get() }

    @Test("a click is a purchase from the same category in the visit, a conversion a purchase of the item")
    func labelsMatchPurchases() {
        let visits = Dictionary(grouping: tables.events, by: \.basket)
        var wrong = 0
        for impression in tables.impressions {
            let bought = (visits[impression.basket] ?? []).map { Int($0.item) }
            let shelves = Set(bought.map { tables.items[$0].categories[1] })
            let isClick = shelves.contains(tables.items[Int(impression.item)].categories[1])
            let isConversion = bought.contains(Int(impression.item))
            if impression.isClick != isClick || impression.isConversion != isConversion {
                wrong += 1
            }
        }
        #expect(tables.impressions.count > 1000)
        #expect(wrong == 0)
    }

    @Test("impressions lie in their period's weeks") func impressionsLieInTheirPeriod() {
        // Monday midnights of weeks 31, 37 and 47.
        let starts = [Journey.second(ofWeek: 31), Journey.second(ofWeek: 37), Journey.second(ofWeek: 47)]
        for impression in tables.impressions {
            let window = starts.count { $0 <= impression.time }
            #expect(impression.period == TimePeriod.allCases[window])
        }
    }

    @Test("targets come after their histories, which hold the last titles bought before")
    func targetsFollowTheirHistories() throws {
        let second = Journey.second
        let windows: [UserRole: Range<Int64>] = [
            .activate: second(31)..<second(37), .collaborate: second(31)..<second(37),
            .test: second(47)..<second(54),
        ]
        let byUser = Dictionary(grouping: tables.events, by: \.user)
        for sample in tables.samples {
            #expect(try #require(windows[sample.role]).contains(sample.time))
            let own = byUser[sample.user] ?? []
            #expect(own.contains { $0.item == sample.target && $0.time == sample.time })
            // What the history should hold: the last hours at which titles were bought before the visit.
            var last: [String: Int64] = [:]
            for event in own where event.time < sample.time {
                last[tables.items[Int(event.item)].title, default: .min].raise(to: event.time)
            }
            let titles = sample.history.map { tables.items[Int($0)].title }
            #expect(Set(titles).count == 6)
            let hours = try titles.map { try #require(last[$0]) }
            #expect(hours == last.values.sorted(by: >).prefix(6).map { $0 })
        }
    }

    @Test("users have one role each") func rolesDoNotOverlap() {
        #expect(tables.summary.samples == ["activate": 10, "collaborate": 10, "test": 10])
        #expect(Set(tables.samples.map(\.user)).count == 30)
        #expect(tables.samples.allSatisfy { tables.users[Int($0.user)].role == $0.role })
        #expect(tables.users.count { $0.role == .other } == 10)
    }

    @Test("only the teacher's prompt shows the target") func onlyTeacherPromptShowsTheTarget() {
        for sample in tables.samples {
            let target = tables.items[Int(sample.target)]
            let isRepeated = sample.history.contains { tables.items[Int($0)].title == target.title }
            let line = AnswerFormat.render(target)
            #expect(sample.prompt.contains(line) == isRepeated)
            #expect(sample.revealedPrompt.isEmpty == (sample.role != .activate))
            if sample.role == .activate { #expect(sample.revealedPrompt.contains("Bought next:\n\(line)\n")) }
        }
    }

    @Test("every user has a prompt from before the ranker's training weeks")
    func promptsPrecedeTheRankersPeriod() {
        #expect(tables.inference.map(\.user) == (0..<40).map { Int32($0) })
        let byUser = Dictionary(grouping: tables.events, by: \.user)
        for prompt in tables.inference {
            #expect(prompt.time == Journey.second(ofWeek: 37))
            let lines = prompt.prompt.split(separator: "\n").filter { $0.hasPrefix("Item title: ") }
            let early = (byUser[prompt.user] ?? []).filter { $0.time < prompt.time }
            let known = Set(early.map { AnswerFormat.render(tables.items[Int($0.item)]) })
            #expect(lines.count == 6 && lines.allSatisfy { known.contains(String($0)) })
        }
    }

    @Test("catalogue titles are distinct and are the titles of their items") func catalogueTitlesAreDistinct()
    {
        let catalogue = tables.catalogue
        #expect(catalogue.count == 800 && Set(catalogue.map(\.title)).count == 800)
        #expect(catalogue.allSatisfy { tables.items[Int($0.item)].title == $0.title })
        let titles = Set(catalogue.map(\.title))
        #expect(tables.impressions.allSatisfy { titles.contains(tables.items[Int($0.item)].title) })
        #expect(tables.items.allSatisfy { !$0.title.isEmpty && $0.title == $0.title.lowercased() })
        #expect(tables.items.allSatisfy { !$0.title.contains("  ") && !$0.title.hasSuffix(" ") })
    }

    @Test("events are sorted by user and time") func eventsAreSortedByUserAndTime() {
        let keys = tables.events.map { ($0.user, $0.time, $0.basket) }
        #expect(zip(keys, keys.dropFirst()).allSatisfy { $0 <= $1 })
        #expect(tables.summary.skipped.values.allSatisfy { $0 > 0 } && tables.summary.skipped.count == 2)
    }

    @Test("the same seed gives the same bytes") func sameSeedGivesTheSameBytes() throws {
        let again = try Tables(try Journey.configuration, seed: 7)
        #expect(again.files.keys.sorted() == tables.files.keys.sorted())
        for (name, bytes) in tables.files { #expect(again.files[name] == bytes, "\(name)") }
    }
}

extension Int64 {
    fileprivate mutating func raise(to value: Int64) { self = Swift.max(self, value) }
}
