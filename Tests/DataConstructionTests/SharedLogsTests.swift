import DataConstruction
import Foundation
import Pipeline
import TestSupport
import Testing

@Suite("One shop in many shapes", .enabled(if: SharedLogs.areThere)) struct SharedLogsTests {
    private let truth: SharedLogs.Truth

    init() throws { truth = try SharedLogs.truth() }

    /// The shop's classes, which are other columns than the genres of films.
    private static let flags = (1...10).map { "class \($0)" }.joined(separator: ", ")

    /// Shapes that log events: preset or mapping, folder, further settings.
    static let eventShapes: [(String, String, [String])] = [
        ("recbole", "recbole", []),
        (
            "movielens-100k", "movielens-100k",
            [
                "construct.source.items.format.names=[item, title, released, video, url, "
                    + "\(flags)]", "construct.source.items.categories=[\(flags)]",
            ]
        ),
        ("movielens-1m", "movielens-1m", []), ("taobao-user-behavior", "taobao", []),
    ]

    @Test("all events come out of every shape that has them", arguments: eventShapes)
    func allEventsComeOut(shape: (preset: String, folder: String, settings: [String])) throws {
        let found = try SharedLogs.report(
            SharedLogs.preset(shape.preset, of: shape.folder, settings: shape.settings))
        #expect(!found.hasErrors, "\(found.faults)")
        #expect(found.counts.events == truth.events && found.counts.purchases == truth.purchases)
        #expect(found.counts.views == truth.views)
        #expect(found.counts.users == truth.users && found.counts.usersSeen == truth.usersSeen)
        #expect(found.counts.items == truth.items && found.counts.itemsSeen == truth.itemsSeen)
    }

    @Test("pandas: a byte order mark, CRLF, an unnamed index and quoted line breaks") func pandas() throws {
        let found = try SharedLogs.report(SharedLogs.configuration(mapping: SharedLogs.pandas, of: "pandas"))
        #expect(found.faults.allSatisfy { $0.code == "fewUsers" }, "\(found.faults)")
        #expect(found.counts.events == truth.events && found.counts.purchases == truth.purchases)
        #expect(found.counts.itemsWithoutTitle == 1 && found.counts.itemsWithoutPrice == 1)
    }

    @Test(
        "shapes that log purchases alone", arguments: [("amazon-reviews-2023", "amazon-2023"), ("hm", "hm")])
    func purchasesAlone(preset: String, folder: String) throws {
        let settings = preset == "hm" ? ["construct.source.users.files=[]"] : []
        let found = try SharedLogs.report(SharedLogs.preset(preset, of: folder, settings: settings))
        #expect(!found.hasErrors, "\(found.faults)")
        #expect(found.counts.events == truth.purchases && found.counts.purchases == truth.purchases)
        #expect(found.counts.items == truth.items && found.counts.users == truth.usersSeen)
    }

    @Test("Amazon: a price that is no number counts as missing, not as 0") func unusablePrices() throws {
        let found = try SharedLogs.report(SharedLogs.preset("amazon-reviews-2023", of: "amazon-2023"))
        // "from 12.00" is a fault; "None", a dash and null are just missing.
        #expect(found.counts.itemsWithoutPrice == 40)
        let prices = found.faults.filter { $0.column == "price" }
        #expect(prices.count == 3 && prices.allSatisfy { $0.value == "from 12.00" && $0.rows == 13 })
        #expect(prices.map(\.row) == [4, 9, 14])
    }

    @Test("MIND: a row for every item shown, and no conversions, which is said") func mind() throws {
        let found = try SharedLogs.report(SharedLogs.preset("mind", of: "mind"))
        #expect(found.counts.impressions == truth.impressions && found.counts.clicks == truth.clicks)
        #expect(found.counts.conversions == 0 && found.counts.items == truth.items)
        #expect(found.faults.map(\.code) == ["noConversions", "fewUsers"] && !found.hasErrors)
    }

    @Test("KuaiRand and Spark: impressions, clicks and conversions") func loggedImpressions() throws {
        let kuaiRand = try SharedLogs.preset(
            "kuairand", of: "kuairand", settings: ["construct.source.impressions.conversion=is_buy"])
        let spark = try SharedLogs.configuration(mapping: SharedLogs.spark, of: "spark")
        for configuration in [kuaiRand, spark] {
            let found = try SharedLogs.report(configuration)
            #expect(found.faults.allSatisfy { $0.code == "fewUsers" }, "\(found.faults)")
            #expect(found.counts.impressions == truth.impressions && found.counts.clicks == truth.clicks)
            #expect(found.counts.conversions == truth.conversions && found.counts.items == truth.items)
        }
    }

    /// A broken folder, whether a run could go on, and what the first fault says: code, row, column, value,
    /// and a part of its reason or remedy.
    struct Broken: Sendable, CustomTestStringConvertible {
        let folder: String
        let isError: Bool
        let code: String
        let rows: [Int?]
        let column: String?
        let value: String?
        let words: String

        var testDescription: String { folder }

        init(
            _ folder: String, isError: Bool = true, _ code: String, rows: [Int?] = [nil],
            column: String? = nil,
            value: String? = nil, _ words: String
        ) {
            (self.folder, self.isError, self.code, self.rows) = (folder, isError, code, rows)
            (self.column, self.value, self.words) = (column, value, words)
        }
    }

    static let broken = [
        Broken(
            "milliseconds", "wrongUnit", rows: [2, 3, 4], column: "ts", value: "1704089235000", "`unit: ms`"),
        Broken(
            "mixed-units", "wrongUnit", rows: [413], column: "ts", value: "1705758549000", "mend these rows"),
        Broken(
            "ids-lost-zeros", "unknownItem", rows: [2, 3, 4], column: "sku", value: "0000227",
            "600 of them match once leading zeros are ignored"),
        Broken(
            "unknown-items", isError: false, "unknownItem", rows: [19, 302], column: "sku", value: "9999999",
            "(2 of 600 rows)"),
        Broken(
            "duplicate-products", "duplicateId", rows: [22, 23], column: "sku", value: "0000745",
            "`duplicates: first`"),
        Broken(
            "ragged-row", isError: false, "raggedRow", rows: [125], value: "u1037,0001818,1704570283",
            "Expected Number of Columns: 6 Found: 3"),
        Broken(
            "negative-and-nan", isError: false, "negativeNumber", rows: [2, 52, 102], column: "qty",
            value: "-3",
            "(12 of 600 rows)"),
        Broken(
            "unknown-action", "unknownKind", rows: [2], column: "action", value: "wishlist",
            "(60 of 600 rows); beside it there are purchase (170), view (370)"),
        Broken("no-purchases", "noPurchases", "none of the 600 events is a purchase"),
        Broken("all-in-one-day", "shortSpan", "within 9 minutes"),
        Broken(
            "missing-column", "missingColumn", column: "ts",
            "the file has customer, sku, action, qty, amount"),
        Broken(
            "future", isError: false, "farTime", rows: [7], column: "ts", value: "2100-01-01 00:00:00",
            "further from all other times"),
    ]

    @Test("each fault is found with its row, column, value and remedy", arguments: broken)
    func faultsAreFound(expected: Broken) throws {
        let report = try SharedLogs.report(
            SharedLogs.configuration(mapping: SharedLogs.broken, of: "broken/\(expected.folder)"))
        #expect(report.hasErrors == expected.isError, "\(report.faults)")
        let found = report.faults.filter { $0.code == expected.code }
        #expect(found.map(\.row) == expected.rows, "\(report.faults)")
        for fault in found {
            #expect(fault.column == expected.column)
            if fault.row == expected.rows[0] { #expect(fault.value == expected.value) }
            #expect("\(fault)".contains(expected.words), "\(fault)")
        }
        #expect(report.faults.first?.code == expected.code)
    }

    @Test("a quantity of −3 is no purchase, and nan no amount") func negativePurchasesAreLeftOut() throws {
        let report = try SharedLogs.report(
            SharedLogs.configuration(mapping: SharedLogs.broken, of: "broken/negative-and-nan"))
        let amounts = report.faults.filter { $0.code == "unreadableNumber" }
        #expect(
            amounts.map(\.row) == [2, 52, 102] && amounts.allSatisfy { $0.value == "nan" && $0.rows == 12 })
        // The others have 196 purchases of 600 events; of the twelve, four are purchases.
        #expect(report.counts.purchases == 192 && report.counts.events == 596)
    }

    @Test("an event in 2100 does not stretch the windows") func farTimesAreLeftOut() throws {
        let report = try SharedLogs.report(
            SharedLogs.configuration(mapping: SharedLogs.broken, of: "broken/future"))
        #expect(report.counts.last.formatted(.iso8601).hasPrefix("2024-01-30"))
        #expect(report.counts.events == 599)
    }

    @Test("a conversion without a click and a label of 2") func labels() throws {
        let mapping = SharedLogs.spark.replacing("ads]", with: "ads.csv]")
            .replacing("../pandas", with: "../../pandas").replacing(", context: {slot: slot}", with: "")
            .replacing("click: clicked", with: "unit: s, click: clicked")
        let report = try SharedLogs.report(SharedLogs.configuration(mapping: mapping, of: "broken/labels"))
        let errors = report.faults.filter { $0.severity == .error }
        #expect(Set(errors.map(\.row)) == [42, 79], "\(errors)")
        #expect(Set(errors.map(\.code)) == ["label", "unclicked"])
        #expect(errors.first { $0.code == "label" }?.value == "2")
    }

    @Test("Latin-1 bytes read as UTF-8: the first row, the byte, and the encoding to set") func encoding()
        throws
    {
        let settings = ["construct.source.events.files=[../no-purchases/events.csv]"]
        let report = try SharedLogs.report(
            SharedLogs.configuration(
                mapping: SharedLogs.broken, of: "broken/latin1-as-utf8", settings: settings))
        let first = try #require(report.faults.first)
        #expect(first.code == "encoding" && first.severity == .error && first.row == 6)
        #expect(first.file?.hasSuffix("latin1-as-utf8/products.csv") == true)
        #expect(first.reason.contains("byte 301") && first.remedy.contains("`encoding: latin-1`"))
        let again = try SharedLogs.report(
            SharedLogs.configuration(
                mapping: SharedLogs.broken, of: "broken/latin1-as-utf8",
                settings: settings + ["construct.source.items.format.encoding=latin-1"]))
        #expect(!again.faults.contains { $0.code == "encoding" } && again.counts.items == 66)
    }
}
