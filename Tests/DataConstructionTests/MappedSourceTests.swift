import DataConstruction
import Foundation
import Pipeline
import TestSupport
import Testing

@testable import DataConstruction

/// Rules of a mapping, on a few rows each.
@Suite("Mapped files") struct MappedSourceTests {
    private static let items = "construct.source.items={files: [items.csv], id: id, title: name}"
    private static let itemFile = "id,name\n01,first\n1,second\n"

    private func report(_ files: [String: Data], _ settings: [String]) throws -> SourceReport {
        try withTemporaryFolder { folder in
            for (name, data) in files { try data.write(to: folder.appending(path: name)) }
            let configuration = try ConfigurationReader.read(
                nil, settings: ["construct.source.folder=\(folder.path)", Self.items] + settings)
            return try SourceCheck(configuration.construct, seed: 7, threads: 1).report()
        }
    }

    private func report(_ files: [String: String], _ settings: [String]) throws -> SourceReport {
        try report(files.mapValues { Data($0.utf8) }, settings)
    }

    private func events(_ text: String, _ mapping: String, _ settings: [String] = []) throws -> SourceReport {
        try report(
            ["items.csv": Self.itemFile, "events.csv": text],
            ["construct.source.events={files: [events.csv], user: u, item: i, time: t, \(mapping)}"]
                + settings)
    }

    @Test("ids stay as written: leading zeros and numbers longer than 64 bits") func idsStayAsWritten() throws
    {
        let found = try report(
            [
                "items.csv": "id,name\n01,a\n1,b\n340282366920938463463374607431768211456,c\n",
                "events.csv": "u,i,t\n007,01,2024-01-01\n7,1,2024-02-01\n"
                    + "7,340282366920938463463374607431768211456,2024-03-01\n",
            ], ["construct.source.events={files: [events.csv], user: u, item: i, time: t}"])
        #expect(found.counts.itemsSeen == 3 && found.counts.users == 2 && found.counts.events == 3)
    }

    @Test(
        "one moment in every unit",
        arguments: [
            ("2024-01-31T17:30:00Z", "unit: iso"), ("2024-01-31 18:30:00+01:00", "unit: iso"),
            ("1706722200", "unit: s"), ("1706722200.0", "unit: s"), ("1706722200000", "unit: ms"),
            ("1706722200000000", "unit: us"),
            ("31.01.2024 17:30", "unit: pattern, pattern: \"%d.%m.%Y %H:%M\""),
        ])
    func units(text: String, mapping: String) throws {
        let found = try events("u,i,t\nx,01,\(text)\n", mapping)
        #expect(found.counts.first.formatted(.iso8601) == "2024-01-31T17:30:00Z", "\(found.faults)")
    }

    @Test("a time without a zone is of the mapping's zone", arguments: ["iso", "pattern"])
    func zones(unit: String) throws {
        let pattern = unit == "pattern" ? ", pattern: \"%Y-%m-%d %H:%M:%S\"" : ""
        let found = try events(
            "u,i,t\nx,01,2024-07-31 18:30:00\n", "unit: \(unit)\(pattern)",
            ["construct.source.timeZone=Europe/Paris"])
        #expect(found.counts.first.formatted(.iso8601) == "2024-07-31T16:30:00Z")
    }

    @Test("order numbers are taken as such") func orderNumbers() throws {
        let found = try events("u,i,t\nx,01,1\nx,1,2\nx,01,3\n", "unit: order")
        #expect(found.counts.events == 3 && !found.faults.contains { $0.code == "wrongUnit" })
        let seconds = try events("u,i,t\nx,01,1\n", "unit: s")
        #expect(
            seconds.faults.first?.code == "wrongUnit"
                && seconds.faults.first?.remedy.contains("order") == true)
    }

    @Test("UTF-16, a separator of several characters, and gzip") func encodings() throws {
        let text = "u||i||t\nx||01||2024-01-01\ny||1||2024-02-01\n"
        let utf16 = Data([0xFF, 0xFE]) + (try #require(text.data(using: .utf16LittleEndian)))
        let mapping =
            "construct.source.events={files: [events.csv], user: u, item: i, time: t, "
            + "format: {separator: \"||\", encoding: utf-16}}"
        let found = try report(["items.csv": Data(Self.itemFile.utf8), "events.csv": utf16], [mapping])
        #expect(found.counts.events == 2 && found.counts.users == 2, "\(found.faults)")
    }

    @Test("a row number counts rejected rows and quoted line breaks") func rowNumbers() throws {
        let found = try events(
            "u,i,t\n\"a\nb\",01,2024-01-01\nshort\nx,01,never\ntoo,many,2024-01-01,fields\nx,9,2024-01-02\n",
            "unit: iso", ["construct.source.tolerance=1"])
        let rows = Dictionary(grouping: found.faults.filter { $0.row != nil }, by: \.code).mapValues {
            $0.compactMap(\.row)
        }
        #expect(rows["raggedRow"] == [3, 5] && rows["unreadableTime"] == [4] && rows["unknownItem"] == [6])
    }

    @Test("a quotation mark without its pair") func unclosedQuote() throws {
        let found = try events("u,i,t\nx,01,2024-01-01\n\"x,01,2024-01-02\nx,01,2024-01-03\n", "unit: iso")
        let fault = try #require(found.faults.first)
        #expect(
            fault.code == "unclosedQuote" && fault.severity == .error && fault.remedy.contains("quote: \"\""))
    }

    @Test("parts of another form, a missing file and names that do not fit") func otherColumns() throws {
        let files = [
            "items.csv": Self.itemFile, "a.csv": "u,i,t\nx,01,2024-01-01\n",
            "b.csv": "i,u,t\n01,x,2024-01-01\n",
        ]
        let mapping = "user: u, item: i, time: t}"
        let found = try report(files, ["construct.source.events={files: [a.csv, b.csv], \(mapping)"])
        #expect(
            found.faults.map(\.code) == ["otherColumns"] && found.faults[0].file?.hasSuffix("b.csv") == true)
        let error = #expect(throws: DataConstructionError.self) {
            _ = try report(files, ["construct.source.events={files: [none.csv], \(mapping)"])
        }
        #expect(
            "\(error as Any)".contains("none.csv")
                && "\(error as Any)".contains("construct.source.events.files"))
        let names = try report(
            files,
            ["construct.source.events={files: [a.csv], format: {header: false, names: [u, i]}, \(mapping)"])
        #expect(
            names.faults.contains { $0.code == "otherColumns" && $0.reason.contains("3 fields; 2 columns") })
    }

    @Test("empty ids, and rows beyond the tolerance, stop a run") func tolerance() throws {
        let text = "u,i,t\n,01,2024-01-01\nx,01,2024-01-05\nx,1,2024-01-09\n"
        let strict = try events(text, "unit: iso")
        #expect(strict.faults.first?.code == "missingId" && strict.hasErrors && strict.faults.first?.row == 2)
        let lax = try events(text, "unit: iso", ["construct.source.tolerance=0.5"])
        #expect(lax.faults.first { $0.code == "missingId" }?.severity == .warning && lax.counts.events == 2)
    }

    @Test("two rows with one id: refused, or the first or the last", arguments: ["refuse", "first", "last"])
    func duplicates(rule: String) throws {
        let found = try report(
            [
                "items.csv": "id,name\n1,a\n1,\n2,b\n2,b\n",
                "events.csv": "u,i,t\nx,1,2024-01-01\ny,2,2024-01-09\n",
            ],
            [
                "construct.source.items.duplicates=\(rule)",
                "construct.source.events={files: [events.csv], user: u, item: i, time: t}",
            ])
        // Rows that say the same are no fault.
        #expect(found.faults.filter { $0.code == "duplicateId" }.map(\.row) == [2, 3])
        #expect(found.counts.items == 2 && found.counts.itemsWithoutTitle == (rule == "last" ? 1 : 0))
        #expect(
            found.faults.first { $0.code == "duplicateId" }?.severity
                == (rule == "refuse" ? .error : .warning))
    }

    private func ads(_ text: String, _ mapping: String, _ events: String = "") throws -> SourceReport {
        let rows = "u,i,t\n\(events)"
        let more =
            events.isEmpty ? [] : ["construct.source.events={files: [events.csv], user: u, item: i, time: t}"]
        return try report(
            ["items.csv": Self.itemFile, "ads.csv": text, "events.csv": rows],
            [
                "construct.source.impressions={files: [ads.csv], user: u, item: i, time: t, click: c, "
                    + "\(mapping)}"
            ]
                + more)
    }

    @Test(
        "a conversion without a click is a fault, a click or nothing",
        arguments: ["refuse", "click", "ignore"])
    func unclicked(rule: String) throws {
        let text = "u,i,t,c,b\nx,01,2024-01-01,0,1\nx,1,2024-01-09,1,1\nx,01,2024-01-19,0,0\n"
        let found = try ads(text, "conversion: b, unclicked: \(rule)")
        #expect(found.faults.contains { $0.code == "unclicked" && $0.row == 2 } == (rule == "refuse"))
        if rule != "refuse" {
            #expect(found.counts.clicks == (rule == "click" ? 2 : 1))
            #expect(found.counts.conversions == (rule == "click" ? 2 : 1))
        }
    }

    @Test("a purchase is the conversion of the last click on its item within the stated hours")
    func delayedConversions() throws {
        let shown =
            "u,i,t,c\nx,01,2024-01-01T00:00:00,1\nx,01,2024-01-01T10:00:00,1\n"
            + "x,1,2024-01-01T10:00:00,1\ny,01,2024-01-09T00:00:00,0\n"
        // Of the item after both its clicks; of another item too late; of another user without a click.
        let bought = "x,01,2024-01-01T12:00:00\nx,1,2024-01-03T12:00:00\ny,01,2024-01-09T01:00:00\n"
        let day = try ads(shown, "conversionHours: 24", bought)
        #expect(day.counts.conversions == 1 && day.counts.clicks == 3, "\(day.faults)")
        #expect(try ads(shown, "conversionHours: 72", bought).counts.conversions == 2)
    }

    @Test("a JSON array, a list in it, and a key inside an object") func jsonArray() throws {
        let items =
            #"[{"id":"01","name":"a","info":{"path":["x","y"]}},{"id":"1","name":"b","info":{"path":[]}}]"#
        let found = try report(
            ["items.json": items, "events.csv": "u,i,t\nx,01,2024-01-01\ny,1,2024-01-09\n"],
            [
                "construct.source.items={files: [items.json], categories: [info.path], categoryForm: list}",
                "construct.source.events={files: [events.csv], user: u, item: i, time: t}",
            ])
        #expect(found.counts.items == 2 && found.counts.itemsWithoutCategory == 1, "\(found.faults)")
        #expect(found.counts.events == 2)
    }

    @Test("files without rows") func noRows() throws {
        let found = try events("u,i,t\n", "unit: iso")
        #expect(found.faults.map(\.code) == ["noEvents"] && found.hasErrors)
    }

    @Test("labels of one class are a fault") func oneClass() throws {
        let all = try ads("u,i,t,c\nx,01,2024-01-01,1\nx,1,2024-01-09,1\n", "unit: iso")
        #expect(all.faults.contains { $0.code == "oneClass" && $0.reason.contains("2 of 2 impressions") })
        let none = try ads(
            "u,i,t,c,b\nx,01,2024-01-01,1,0\nx,1,2024-01-09,0,0\n", "conversion: b")
        #expect(none.faults.contains { $0.code == "oneClass" && $0.reason.contains("conversion") })
    }

    @Test("windows are dates, shares of the events, or days before the end")
    func windowStarts() {
        #expect(WindowStart("60%") == .share(0.6) && WindowStart("-14d") == .daysBeforeEnd(14))
        #expect(WindowStart("") == .end)
        #expect(WindowStart("2024-01-31") == .date(Date(timeIntervalSince1970: 1_706_659_200)))
        #expect(WindowStart("2024-01-31T18:30:00") == .date(Date(timeIntervalSince1970: 1_706_725_800)))
        for wrong in ["100%", "0%", "14d", "-0d", "31.01.2024", "soon", "2024-13-01"] {
            #expect(WindowStart(wrong) == nil, "\(wrong)")
        }
    }
}
