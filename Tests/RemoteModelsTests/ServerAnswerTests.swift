import Foundation
import Pipeline
import Testing

@testable import RemoteModels

@Suite("What a server sends back") struct ServerAnswerTests {
    private var endpoint: EndpointConfiguration {
        var endpoint = EndpointConfiguration()
        endpoint.model = "qwq"
        return endpoint
    }

    private func answer(_ body: String) throws -> ServerAnswer {
        try ServerAnswer(Data(body.utf8), from: endpoint)
    }

    private func message(_ fields: String, finish: String = "stop") -> String {
        #"{"model": "qwq", "choices": [{"finish_reason": "\#(finish)", "message": {\#(fields)}}]}"#
    }

    /// A shape that servers send, and the turn that it is.
    static let shapes: [(fields: String, finish: String, turn: String)] = [
        (#""content": "hello""#, "stop", "hello"),
        (
            #""content": "<answer>x</answer>", "reasoning_content": "r""#, "stop",
            "<think>r</think>\n<answer>x</answer>"
        ),
        (#""content": "x", "reasoning": "r""#, "stop", "<think>r</think>\nx"),
        (#""content": "x", "reasoning_content": null, "reasoning": "r""#, "stop", "<think>r</think>\nx"),
        (#""content": "x", "reasoning_content": """#, "stop", "x"),
        (#""content": "<think>r</think>x""#, "stop", "<think>r</think>x"),
        // The template wrote the opening tag.
        (#""content": "r</think>x""#, "stop", "<think>r</think>x"),
        // No closing tag: cut off while it reasoned.
        (#""content": "<think>r""#, "length", "<think>r"),
        (#""content": null, "reasoning_content": "r""#, "length", "<think>r"),
        // In several parts.
        (#""content": [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]"#, "stop", "ab"),
        (#""content": [{"type": "thinking"}, {"type": "text", "text": "b"}]"#, "stop", "b"),
    ]

    @Test("reasoning comes in many shapes and is one turn", arguments: shapes.indices)
    func shapesAreOneTurn(place: Int) throws {
        let shape = Self.shapes[place]
        let choice = try #require(try answer(message(shape.fields, finish: shape.finish)).choices.first)
        #expect(choice.parts.turn(isTruncated: choice.isTruncated) == shape.turn)
        #expect(choice.isTruncated == (shape.finish == "length"))
    }

    @Test("plain completions, several choices and their tokens") func completions() throws {
        let found = try answer(
            """
            {"model": "qwq-2025", "choices": [{"index": 1, "text": "b", "finish_reason": "length"},
             {"index": 0, "text": "a"}], "usage": {"prompt_tokens": 3, "completion_tokens": 4}}
            """)
        #expect(
            found.choices.map(\.parts.content) == ["a", "b"]
                && found.choices.map(\.isTruncated) == [false, true])
        #expect(found.promptTokens == 3 && found.completionTokens == 4)
    }

    @Test("a stream of events is the answer that its parts make, asked for or not") func stream() throws {
        let found = try answer(
            """
            : comment

            data: {"choices": [{"index": 0, "delta": {"role": "assistant", "reasoning_content": "be"}}]}

            data: {"choices": [{"index": 0, "delta": {"reasoning_content": "cause"}}]}\r
            \r
            data: {"choices": [{"index": 0, "delta": {"content": "x"}, "finish_reason": "length"}]}

            data: {"choices": [], "usage": {"prompt_tokens": 2, "completion_tokens": 9}}

            data: [DONE]


            """)
        let choice = try #require(found.choices.first)
        #expect(choice.parts.turn(isTruncated: true) == "<think>because</think>\nx" && choice.isTruncated)
        #expect(found.completionTokens == 9)
    }

    /// A reply that is no answer, its kind, and words of the sentence about it.
    static let faults: [(body: String, kind: AnswerFault.Kind, words: String)] = [
        ("", .malformed, "no completion"),
        ("<html><body>502 Bad Gateway</body></html>", .malformed, "page of HTML"),
        (#"{"model": "qwq", "choices": [{"mess"#, .cutOff, "cut off"),
        (#"["a"]"#, .malformed, "no completion"),
        (#"{"model": "qwq", "choices": []}"#, .empty, "without a choice"),
        (#"{"model": "qwq"}"#, .empty, "without a choice"),
        (#"{"model": "qwq", "choices": [{"finish_reason": "stop"}]}"#, .malformed, "without text"),
        (#"{"error": {"message": "CUDA out of memory"}}"#, .serverError, "with an error"),
        (#"{"error": {"message": "too long", "param": null}}"#, .serverError, "with an error"),
        (#"{"model": "gpt", "choices": [{"text": "a"}]}"#, .dishonest, "as the model 'gpt', not 'qwq'"),
        (
            #"{"model": "qwq", "choices": [{"text": "", "finish_reason": "content_filter"}]}"#, .refused,
            "withheld"
        ),
        ("data: {\"choices\": [{\"text\": \"a\"}]}\n\n", .cutOff, "before its answer was whole"),
        ("data: {\"choices\": [{\"te", .cutOff, "an event that is cut off"),
        ("data: [DONE]\n\n", .empty, "without a choice"),
    ]

    @Test("what is no answer is told by kind, in a sentence", arguments: faults.indices)
    func faultsAreTold(place: Int) throws {
        let expected = Self.faults[place]
        let fault = try #require(throws: AnswerFault.self) { try answer(expected.body) }
        #expect(fault.kind == expected.kind && fault.what.contains(expected.words), "\(fault)")
    }

    @Test("another name is right where the settings say so") func servedModel() throws {
        var endpoint = endpoint
        endpoint.servedModel = "/models/qwq.gguf"
        let body = Data(#"{"model": "/models/qwq.gguf", "choices": [{"text": "a"}]}"#.utf8)
        #expect(try ServerAnswer(body, from: endpoint).choices.count == 1)
        #expect(throws: AnswerFault.self) {
            try ServerAnswer(Data(#"{"model": "qwq", "choices": [{"text": "a"}]}"#.utf8), from: endpoint)
        }
    }

    @Test("an excerpt is one short line") func excerpt() {
        #expect(RemoteModelError.excerpt("a\n  b") == "a b" && RemoteModelError.excerpt(" ") == "nothing")
        #expect(RemoteModelError.excerpt(String(repeating: "x", count: 900)).count == 202)
    }
}
