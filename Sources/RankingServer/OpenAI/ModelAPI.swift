import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdCore
import LanguageModels
import Logging
import NIOCore
import Pipeline
import Synchronization

/// The paths of OpenAI's interface that a local model answers.
struct ModelAPI: Sendable {
    /// Name of the model in requests and answers.
    let model: String
    let contextLength: Int
    let engine: TextEngine
    /// Embeds texts; nil without an encoder.
    let embeddings: EmbeddingEngine?
    let settings: ServeConfiguration
    /// What requests must bring as `Authorization: Bearer`; nil for nothing.
    let token: String?
    let logger: Logger
    private let numbers = Counter()

    init(
        model: String, contextLength: Int, engine: TextEngine, embeddings: EmbeddingEngine?,
        settings: ServeConfiguration, token: String?, logger: Logger
    ) {
        (self.model, self.contextLength, self.engine) = (model, contextLength, engine)
        (self.embeddings, self.settings, self.token, self.logger) = (embeddings, settings, token, logger)
    }

    private final class Counter: Sendable {
        private let value = Atomic(0)
        func next() -> Int { value.wrappingAdd(1, ordering: .relaxed).newValue }
    }

    /// The routes.
    func router() -> Router<BasicRequestContext> {
        let router = Router()
        router.get("/healthz") { _, _ in json(200, ["status": "alive"]) }
        router.get("/v1/models") { request, _ in answering(request) { _ in json(200, models) } }
        router.post("/v1/chat/completions") { request, _ in
            await answering(request) { try await complete($0, isChat: true) }
        }
        router.post("/v1/completions") { request, _ in
            await answering(request) { try await complete($0, isChat: false) }
        }
        router.post("/v1/embeddings") { request, _ in await answering(request) { try await embed($0) } }
        return router
    }

    private func answering(
        _ request: Request, _ body: (Request) async throws -> Response
    ) async -> Response {
        do {
            try BearerToken.check(request, token)
            return try await body(request)
        } catch {
            let problem = Problem(error)
            if problem.status >= 500 { logger.error("a request failed", metadata: ["error": "\(error)"]) }
            var response = json(problem.status, TextReplies.error(problem))
            if let seconds = problem.retryAfter { response.headers[.retryAfter] = "\(seconds)" }
            return response
        }
    }

    private func answering(_ request: Request, _ body: (Request) throws -> Response) -> Response {
        do {
            try BearerToken.check(request, token)
            return try body(request)
        } catch {
            let problem = Problem(error)
            return json(problem.status, TextReplies.error(problem))
        }
    }

    private func json(_ status: Int, _ value: JSON) -> Response {
        HTTPService.response(ServiceResponse(status, value))
    }

    private var models: JSON {
        [
            "object": "list",
            "data": [
                [
                    "id": .string(model), "object": "model", "created": 0, "owned_by": "taiji",
                    "max_model_len": .integer(Int64(contextLength)),
                ]
            ],
        ]
    }

    private func body(of request: Request) async throws -> [UInt8] {
        let most = settings.maximumBodyKiB << 10
        do {
            return try await Array(request.body.collect(upTo: most).readableBytesView)
        } catch is NIOTooManyBytesError { throw Problem.tooLarge(settings) }
    }

    private func complete(_ request: Request, isChat: Bool) async throws -> Response {
        let bytes = try await body(of: request)
        let asked = try bytes.withUnsafeBytes { try TextRequest($0, isChat: isChat, model: model) }
        let replies = TextReplies(model: model, isChat: isChat, number: numbers.next())
        var events = try engine.submit(asked).makeAsyncIterator()
        // The first event says whether the prompts can be continued, before a status is sent.
        var usage = TextReplies.Usage()
        switch await events.next() {
        case .begun(let tokens)?: usage.prompt = tokens
        case .failed(let problem)?: throw problem
        default: throw CancellationError()
        }
        if asked.streams {
            return stream(events, replies, usage, includesUsage: asked.includesUsage)
        }
        var choices = [TextReplies.Choice](
            repeating: .init(), count: asked.prompts.count * asked.choices)
        while let event = await events.next() {
            switch event {
            case .begun: break
            case .text(let text, let choice): choices[choice].text += text
            case .scored(let tokens, let choice):
                choices[choice].text = tokens.map(\.text).joined()
                choices[choice].logProbabilities = ScoredToken.json(tokens)
            case .ended(let choice, let isTruncated, let tokens):
                choices[choice].isTruncated = isTruncated
                usage.completion += tokens
            case .failed(let problem): throw problem
            }
        }
        return json(200, replies.whole(choices, usage))
    }

    private func stream(
        _ events: AsyncStream<TextEngine.Event>.Iterator, _ replies: TextReplies, _ begun: TextReplies.Usage,
        includesUsage: Bool
    ) -> Response {
        let source = StreamedEvents(events)
        let body = ResponseBody { writer in
            var usage = begun
            var named: Set<Int> = []
            func send(_ value: JSON) async throws {
                try await writer.write(ByteBuffer(bytes: Array("data: ".utf8) + value.bytes + [10, 10]))
            }
            while let event = await source.next() {
                switch event {
                case .begun, .scored: break
                case .text(let text, let choice):
                    try await send(
                        replies.part(text, choice: choice, isFirst: named.insert(choice).inserted))
                case .ended(let choice, let isTruncated, let tokens):
                    usage.completion += tokens
                    try await send(replies.end(choice: choice, isTruncated: isTruncated))
                case .failed(let problem): try await send(TextReplies.error(problem))
                }
            }
            if includesUsage { try await send(replies.usage(usage)) }
            try await writer.write(ByteBuffer(string: "data: [DONE]\n\n"))
            try await writer.finish(nil)
        }
        return Response(
            status: .ok, headers: [.contentType: "text/event-stream", .cacheControl: "no-store"], body: body)
    }

    private func embed(_ request: Request) async throws -> Response {
        guard let embeddings else {
            throw Problem(
                status: 404, title: "No encoder",
                detail: "this server has no encoder; start it with --embedder")
        }
        let bytes = try await body(of: request)
        let asked = try bytes.withUnsafeBytes { try EmbeddingRequest($0) }
        let (vectors, tokens) = try await embeddings.embed(asked.texts)
        let rows = vectors.enumerated().map { place, vector -> JSON in
            [
                "object": "embedding", "index": .integer(Int64(place)),
                "embedding": asked.isBase64
                    ? .string(vector.withUnsafeBytes { Data($0) }.base64EncodedString())
                    : .array(vector.map { .number(Double($0)) }),
            ]
        }
        return json(
            200,
            [
                "object": "list", "data": .array(rows), "model": .string(embeddings.name),
                "usage": ["prompt_tokens": .integer(Int64(tokens)), "total_tokens": .integer(Int64(tokens))],
            ])
    }
}

/// Events that the body of one response reads, one after another.
private final class StreamedEvents: @unchecked Sendable {
    private var events: AsyncStream<TextEngine.Event>.Iterator

    init(_ events: AsyncStream<TextEngine.Event>.Iterator) { self.events = events }

    func next() async -> TextEngine.Event? { await events.next() }
}
