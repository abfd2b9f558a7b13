import Foundation
import Pipeline
import Testing

@testable import RankingServer

@Suite("Request bodies") struct RequestFormsTests {
    private let forms = RequestForms(settings: ServeConfiguration())

    private func events(_ text: String) throws -> [LiveEvent] {
        try Array(text.utf8).withUnsafeBytes { try forms.events($0, now: 77) }
    }
    private func rank(_ text: String) throws -> RankRequest {
        try Array(text.utf8).withUnsafeBytes { try forms.rank($0, columns: ["slot"], now: 77) }
    }
    private func problem(_ body: () throws -> Void) -> Problem? {
        do {
            try body()
            return nil
        } catch { return error as? Problem }
    }

    @Test("an event alone and a list of them") func eventForms() throws {
        let one = try events(#"{"id":"a","user":19,"item":"i","kind":"purchase","value":2.5,"quantity":3}"#)
        #expect(one.count == 1 && one[0].user == "19" && one[0].time == 77 && one[0].quantity == 3)
        #expect(one[0].value == 2.5 && one[0].kind == .purchase)
        let many = try events(
            #"{"events":[{"id":"a","user":"u","item":"i","kind":"impression","converted":true,"time":5.9},"#
                + #"{"id":"b","user":"u","item":"i","kind":"click","context":{"slot":2}}]}"#)
        #expect(many.map(\.id) == ["a", "b"] && many[0].isClick && many[0].isConversion && many[0].time == 5)
        #expect(many[1].context == ["slot": "2"])
    }

    @Test(
        "a body that does not fit is refused with the field at fault",
        arguments: [
            (#"{"#, 400, nil), (#"[]"#, 422, "body"), (#"{"id":"a"} x"#, 400, nil),
            (#"{"id":"a","user":"u","item":"i"}"#, 422, "kind"),
            (#"{"id":"a","user":"u","item":"i","kind":"sale"}"#, 422, "kind"),
            (#"{"id":"","user":"u","item":"i","kind":"click"}"#, 422, "id"),
            (#"{"id":"a","user":null,"item":"i","kind":"click"}"#, 422, "user"),
            (#"{"id":"a","user":1.5,"item":"i","kind":"click"}"#, 422, "user"),
            (#"{"id":"a","user":"u","item":"i","kind":"click","value":-1}"#, 422, "value"),
            (#"{"id":"a","user":"u","item":"i","kind":"click","value":NaN}"#, 400, nil),
            (#"{"id":"a","user":"u","item":"i","kind":"click","time":1e300}"#, 422, "time"),
            (#"{"id":"a","user":"u","item":"i","kind":"click","time":"now"}"#, 422, "time"),
            (#"{"id":"a","user":"u","item":"i","kind":"click","quantity":0}"#, 422, "quantity"),
            (#"{"id":"a","user":"u","item":"i","kind":"click","itme":"i"}"#, 422, "itme"),
            (#"{"id":"a","id":"b","user":"u","item":"i","kind":"click"}"#, 422, "id"),
            (
                #"{"events":[{"id":"a","user":"u","item":"i","kind":"click"},{"id":7}]}"#, 422,
                "events[1].user"
            ),
            (#"{"events":[1]}"#, 422, "events[0]."),
            (#"{"events":{}}"#, 422, "events"),
        ] as [(String, Int, String?)])
    func refused(body: String, status: Int, field: String?) {
        let found = problem { _ = try events(body) }
        #expect(found?.status == status, "\(String(describing: found))")
        #expect(found?.field == field, "\(String(describing: found))")
    }

    @Test("long ids, long lists and deep nesting are refused") func limits() {
        let long = String(repeating: "x", count: 10_000)
        #expect(
            problem { _ = try events(#"{"id":"a","user":"\#(long)","item":"i","kind":"click"}"#) }?.field
                == "user")
        let list = (0...1000).map { #"{"id":"\#($0)","user":"u","item":"i","kind":"click"}"# }.joined(
            separator: ",")
        #expect(problem { _ = try events(#"{"events":[\#(list)]}"#) }?.status == 413)
        let deep = String(repeating: "[", count: 100_000)
        #expect(problem { _ = try events(deep) }?.status == 400)
        #expect(problem { _ = try rank(#"{"user":"u","items":[]}"#) }?.field == "items")
    }

    @Test("candidates as ids or with bids and context") func candidates() throws {
        let request = try rank(
            #"{"user":"u","items":["a",7,{"item":"b","bid":0.5,"context":{"slot":3}}],"#
                + #""context":{"slot":"1"},"limit":2}"#
        )
        #expect(request.candidates.map(\.item) == ["a", "7", "b"])
        #expect(request.candidates.map(\.bid) == [nil, nil, 0.5])
        #expect(request.candidates[2].context == ["slot": "3"] && request.context == ["slot": "1"])
        #expect(request.limit == 2 && request.time == 77 && !request.usesBaseline)
        #expect(try rank(#"{"user":"u","candidates":"catalogue","ranker":"baseline"}"#).usesBaseline)
        #expect(problem { _ = try rank(#"{"user":"u"}"#) }?.field == "items")
        #expect(
            problem { _ = try rank(#"{"user":"u","items":["a"],"context":{"slto":1}}"#) }?.detail.contains(
                "slot") == true)
        #expect(problem { _ = try rank(#"{"user":"u","items":[{"item":"a","bid":1e999}]}"#) } != nil)
    }

    @Test("items with their categories") func items() throws {
        func items(_ text: String) throws -> [Item] {
            try Array(text.utf8).withUnsafeBytes { try forms.items($0) }
        }
        let found = try items(
            #"{"id":7,"title":"t","categories":["a","b"],"price":1.5,"attributes":{"color":"red"}}"#)
        #expect(
            found == [
                Item(
                    id: "7", title: "t", categories: ["a", "b"], brand: "", price: 1.5,
                    attributes: ["color": "red"])
            ])
        #expect(
            problem { _ = try items(#"{"items":[{"id":"a","categories":[1]}]}"#) }?.field == "categories[0]")
    }
}
