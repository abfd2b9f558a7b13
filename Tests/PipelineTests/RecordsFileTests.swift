import Foundation
import Pipeline
import TestSupport
import Testing

@Suite struct RecordsFileTests {
    private let header = Event.columns.joined(separator: ",")
    private let impressionHeader = (Impression.columns + ["display"]).joined(separator: ",")

    private func events(_ text: String, users: Int = 3, items: Int = 5) throws -> [Event] {
        try withTemporaryFolder { folder in
            let file = folder.appending(path: "events.csv")
            try Data(text.utf8).write(to: file)
            return try Event.read(file, userCount: users, itemCount: items)
        }
    }

    private func impressions(_ text: String) throws -> [Impression] {
        try withTemporaryFolder { folder in
            let file = folder.appending(path: "impressions.csv")
            try Data(text.utf8).write(to: file)
            var found: [Impression] = []
            try Impression.forEach(in: file, context: ["display"], userCount: 3, itemCount: 5) {
                found.append($0)
            }
            return found
        }
    }

    /// What the reading of one row after a good one says, without the folder.
    private func message(of row: String) throws -> String {
        let text = "\(header)\n0,1,10,1,2.5,31198570044\n\(row)\n"
        let error = try #require(throws: RunError.self) { _ = try events(text) }
        return String(error.description.split(separator: "/").last ?? "")
    }

    @Test("a quoted field may hold commas, quotes and newlines; errors name the line where a row begins")
    func quotedFields() throws {
        let quoted = "1,2,7,99,1,0,2.5,languageModel,\"two\nlines, \"\"so\"\"\""
        let read = try impressions("\(impressionHeader)\r\n\(quoted)\r\n1,2,8,99,1,0,2.5,languageModel,9\r\n")
        #expect(read.map(\.context) == [["two\nlines, \"so\""], ["9"]])
        #expect(read.map(\.time) == [7, 8])
        // Longer than what is read at once.
        let long = String(repeating: "a\n", count: 1 << 20)
        let text = "\(impressionHeader)\n1,2,7,99,1,0,2.5,languageModel,\"\(long)\"\n"
        #expect(try impressions(text).map(\.context) == [[long]])

        let wrong = try #require(throws: RunError.self) {
            _ = try impressions("\(impressionHeader)\n\(quoted)\n9,2,8,99,1,0,2.5,languageModel,9\n")
        }
        #expect("\(wrong)".contains(":4: names user 9"))
        let open = try #require(throws: RunError.self) {
            _ = try impressions("\(impressionHeader)\n\(quoted)\n1,2,8,99,1,0,2.5,languageModel,\"9\n")
        }
        #expect("\(open)".contains(":4: has a quotation mark without its pair"))
    }

    @Test("events are read field by field") func eventsAreReadFieldByField() throws {
        let read = try events("\(header)\n0,4,-12,3,2.75,31198570044\n2,0,8591,1,0.5,-1")
        #expect(
            read == [
                Event(user: 0, item: 4, time: -12, quantity: 3, value: 2.75, basket: 31_198_570_044),
                Event(user: 2, item: 0, time: 8591, quantity: 1, value: 0.5, basket: -1),
            ])
    }

    @Test("impressions are read field by field") func impressionsAreReadFieldByField() throws {
        let read = try impressions("\(impressionHeader)\n1,2,7,99,1,0,2.5,languageModel,9\n")
        let expected = Impression(
            user: 1, item: 2, time: 7, basket: 99, context: ["9"], isClick: true,
            isConversion: false, value: 2.5, period: .languageModel)
        #expect(read == [expected])
    }

    @Test(
        "an invalid row is refused with its file, line and reason",
        arguments: [
            ("3,1,10,1,2.5,7", "events.csv:3: names user 3, which does not exist; there are 3, from 0 to 2"),
            ("0,5,10,1,2.5,7", "events.csv:3: names item 5, which does not exist; there are 5, from 0 to 4"),
            (
                "0,-1,10,1,2.5,7",
                "events.csv:3: names item -1, which does not exist; there are 5, from 0 to 4"
            ),
            ("0,1,ten,1,2.5,7", "events.csv:3: has time 'ten'; expected a whole number"),
            ("0,1,,1,2.5,7", "events.csv:3: has time ''; expected a whole number"),
            (
                "0,1,30000000000000000000,1,2.5,7",
                "events.csv:3: has time '30000000000000000000'; expected a whole number"
            ),
            ("0,1,10,1,nan,7", "events.csv:3: has value 'nan'; expected a number"),
            (
                "0,1,10,1,2.5,9223372036854775808",
                "events.csv:3: has basket '9223372036854775808'; expected a whole number"
            ),
            ("0,1,10,1,2.5", "events.csv:3: has 5 fields; expected 6"),
            ("0,1,10,1,2.5,7,8", "events.csv:3: has 7 fields; expected 6"),
        ])
    func invalidRowIsNamed(row: String, expected: String) throws {
        #expect(try message(of: row) == expected)
    }

    @Test("a wrong header names the expected columns") func wrongHeaderNamesTheColumns() throws {
        let error = try #require(throws: RunError.self) { _ = try events("user,item\n") }
        #expect(error.description.hasSuffix("events.csv:1: expected the columns \(header)"))
    }

    @Test("an unknown period, a wrong flag and a conversion without a click are named")
    func invalidPeriodOrFlagIsNamed() throws {
        let period = try #require(throws: RunError.self) {
            _ = try impressions("\(impressionHeader)\n1,2,7,99,1,0,2.5,someday,9\n")
        }
        #expect(
            period.description.contains("impressions.csv:2: has period 'someday'; expected one of reward"))
        let flag = try #require(throws: RunError.self) {
            _ = try impressions("\(impressionHeader)\n1,2,7,99,yes,0,2.5,test,9\n")
        }
        #expect(flag.description.hasSuffix("impressions.csv:2: has click 'yes'; expected 0 or 1"))
        let conversion = #expect(throws: RunError.self) {
            _ = try impressions("\(impressionHeader)\n1,2,7,99,0,1,2.5,test,9\n")
        }
        #expect(conversion?.description.contains("impressions.csv:2: converts without a click") == true)
    }

    @Test("a missing file is named") func missingFileIsNamed() {
        let error = #expect(throws: RunError.self) {
            _ = try Event.read(URL(filePath: "/nonexistent/events.csv"), userCount: 1, itemCount: 1)
        }
        #expect(error?.description.hasPrefix("/nonexistent/events.csv: cannot be read") == true)
    }

    @Test("records survive JSON Lines") func recordsSurviveJSONLines() throws {
        let items = [
            Item(
                id: "7", title: "crème \"brûlée\" 5/6 oz\n", categories: ["deli", "", "x"], brand: "",
                price: 0.1),
            Item(id: "8", title: "", categories: [], brand: "69", price: 12),
        ]
        try withTemporaryFolder { folder in
            let file = folder.appending(path: "items.jsonl")
            try JSONLines.write(items, to: file)
            #expect(try JSONLines.read(Item.self, from: file) == items)
            let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
            #expect(lines.count == 2)
        }
    }

    @Test("a line that is not a record is named, with the reason") func invalidRecordIsNamed() throws {
        let good = #"{"brand":"","categories":[],"id":"1","price":1,"title":"a"}"#
        for (bad, said) in [
            (#"{"brand":"","categories":[],"id":"1","price":1}"#, "it has no 'title'"),
            (#"{"brand":"","categories":[],"id":1,"price":1,"title":"a"}"#, "'id' is not of type String"),
        ] {
            try withTemporaryFolder { folder in
                let file = folder.appending(path: "items.jsonl")
                try Data("\(good)\n\n\(bad)\n".utf8).write(to: file)
                let error = try #require(throws: RunError.self) { try JSONLines.read(Item.self, from: file) }
                #expect(error.description.hasSuffix("items.jsonl:3: is no Item: \(said)"))
            }
        }
    }

    @Test("an answer leaves out unknown categories") func answerLeavesOutUnknownFields() {
        var item = Item(id: "1", title: "milk", categories: ["dairy", "fresh", "whole"], brand: "", price: 1)
        #expect(
            AnswerFormat.render(item)
                == "Item title: milk; Category L1: dairy; Category L2: fresh; Category L3: whole")
        item.categories = ["dairy", "", "whole"]
        #expect(AnswerFormat.render(item) == "Item title: milk; Category L1: dairy; Category L3: whole")
    }
}
