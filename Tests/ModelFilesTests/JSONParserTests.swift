import Testing

@testable import ModelFiles

@Suite("JSON parser") struct JSONParserTests {
    private func parse(_ text: String) throws -> JSONNode {
        try Array(text.utf8).withUnsafeBytes { try JSONNode(parsing: $0) }
    }

    @Test("integers that fit stay exact, other numbers become reals")
    func numbers() throws {
        let cases = [
            ("9223372036854775807", "9223372036854775807"), ("-0", "0"), ("1.5", "1.5"), ("-2e3", "-2000.0"),
            ("1E+2", "100.0"), ("9223372036854775808", "9.223372036854776e+18"),
        ]
        for (text, kind) in cases { #expect(try parse(text).kind == kind) }
    }

    @Test(
        "numbers that are not valid JSON are refused",
        arguments: ["007", "01", "-", "-01", "1.", "1.e3", "1e", "1e+", "1-2", "--1", "0x10", "+1", ".5"])
    func invalidNumbers(text: String) {
        let error = #expect(throws: JSONSyntaxError.self) { try parse("[\(text)]") }
        #expect([1, 2].contains(error?.offset))
    }

    @Test("members keep their order, and names that only look alike stay distinct")
    func members() throws {
        let node = try parse(#"{"b": 1, "é": 2, "e\u0301": 3, "b": 4}"#)
        guard case .object(let members) = node else { throw JSONSyntaxError(offset: 0, reason: node.kind) }
        #expect(members.map(\.value.kind) == ["1", "2", "3", "4"])
        #expect(node["b"]?.kind == "1")
        #expect(node["\u{E9}"]?.kind == "2")
        #expect(node["e\u{301}"]?.kind == "3")
        #expect(node["c"] == nil)
    }

    @Test("what is written reads back, with every kind of escape")
    func roundTrip() throws {
        let text = "quote \" backslash \\ newline \n tab \t bell \u{7} é 🛒 /"
        let node = JSONNode.object([("a", .array([.string(text), .null, .bool(true)])), ("b", .object([]))])
        let read = try [UInt8](node.data()).withUnsafeBytes { try JSONNode(parsing: $0) }
        guard case .array(let elements)? = read["a"] else {
            throw JSONSyntaxError(offset: 0, reason: read.kind)
        }
        #expect(elements.map(\.kind) == ["a string", "null", "true"])
        #expect(elements[0].string == text)
        #expect(try parse(JSONNode.string(text).line).string == text)
    }

    @Test("lists nest 127 deep and no deeper")
    func nesting() throws {
        func nested(_ depth: Int) -> String {
            String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        }
        #expect(try parse(nested(128)).kind == "a list")
        let error = #expect(throws: JSONSyntaxError.self) { try parse(nested(129)) }
        #expect(error?.reason.contains("128 levels") == true)
    }
}
