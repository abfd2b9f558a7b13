import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import Pipeline
import ServiceLifecycle

/// The HTTP side: routes, limits, the token, and answers to what goes wrong.
struct HTTPService: Sendable {
    let endpoints: [Endpoint]
    let settings: ServeConfiguration
    /// What requests must bring as `Authorization: Bearer`; nil for nothing.
    let token: String?
    let gauges: Gauges
    let logger: Logger
    /// Called with the port once requests are taken.
    let onRunning: @Sendable (Int) -> Void

    /// The application, to be run as a service.
    func application() -> some ApplicationProtocol {
        let router = Router()
        for endpoint in endpoints {
            router.on(RouterPath(endpoint.path), method: endpoint.method) { request, context in
                await answer(request, context, endpoint)
            }
        }
        for (path, file) in PageFiles.all {
            router.get(RouterPath(path)) { _, _ in
                Self.response(ServiceResponse(bytes: file.bytes, type: file.type), cached: false)
            }
        }
        let document = OpenAPI.document(endpoints).bytes
        router.get("/openapi.json") { _, _ in Self.response(ServiceResponse(bytes: document)) }
        router.addMiddleware { UnknownPathMiddleware() }
        return Application(
            responder: router.buildResponder(),
            server: .http1(
                configuration: .init(
                    idleTimeout: .seconds(Int64(settings.requestSeconds)),
                    httpDecoderConfiguration: .init(
                        maxHeaderFieldSize: 16_384, maxHeaderListSize: 65_536, maxHeaderFieldCount: 100))),
            configuration: .init(
                address: .hostname(settings.host, port: settings.port), serverName: "taiji",
                availableConnectionsDelegate: MaximumAvailableConnections(
                    settings.maximumConnections, logger: logger)),
            onServerRunning: { onRunning($0.localAddress?.port ?? settings.port) }, logger: logger)
    }

    private func answer(_ request: Request, _ context: some RequestContext, _ endpoint: Endpoint) async
        -> Response
    {
        let start = ContinuousClock.now
        var response: Response
        do {
            if !endpoint.isOpen { try BearerToken.check(request, token) }
            let body = try await body(of: request, endpoint)
            let parameters = Dictionary(
                context.parameters.map { (String($0), String($1)) }, uniquingKeysWith: { first, _ in first })
            let query = Dictionary(
                request.uri.queryParameters.map { (String($0.key), String($0.value)) },
                uniquingKeysWith: { first, _ in first })
            for name in query.keys where !endpoint.query.contains(where: { $0.name == name }) {
                throw Problem.invalid(String(name.prefix(64)), "is no parameter of \(endpoint.path)")
            }
            response = Self.response(
                try await endpoint.handle(ServiceRequest(body: body, parameters: parameters, query: query)))
        } catch {
            let problem = Problem(error)
            if problem.status >= 500 {
                logger.error("a request failed", metadata: ["path": "\(endpoint.path)", "error": "\(error)"])
            }
            response = Self.response(problem)
        }
        gauges.answered(
            "\(endpoint.method.rawValue) \(endpoint.path)", status: Int(response.status.code),
            seconds: start.duration(to: .now).seconds)
        return response
    }

    /// The body, within its limits of size and time.
    private func body(of request: Request, _ endpoint: Endpoint) async throws -> [UInt8] {
        guard endpoint.body != nil else { return [] }
        let limit = settings.maximumBodyKiB << 10
        let length = request.headers[.contentLength].flatMap { Int($0) }
        if let length, length > limit { throw Problem.tooLarge(settings) }
        let buffer: ByteBuffer
        do {
            buffer = try await within(seconds: settings.requestSeconds) {
                try await request.body.collect(upTo: limit)
            }
        } catch is NIOTooManyBytesError { throw Problem.tooLarge(settings) }
        let bytes = Array(buffer.readableBytesView)
        // A page of another origin cannot send this type without asking first.
        let type = request.headers[.contentType]?.lowercased() ?? ""
        guard type.hasPrefix("application/json") || (bytes.isEmpty && endpoint.isBodyOptional) else {
            throw Problem(
                status: 415, title: "Another type is needed",
                detail: "the body is '\(type.prefix(64))'; send it as Content-Type: application/json")
        }
        return bytes
    }

    private func within<Value: Sendable>(
        seconds: Int, _ body: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        try await withThrowingTaskGroup(of: Value?.self) { group in
            group.addTask { try await body() }
            group.addTask {
                try await Task.sleep(for: .seconds(seconds))
                return nil
            }
            defer { group.cancelAll() }
            guard let first = try await group.next(), let value = first else {
                throw Problem(
                    status: 408, title: "The request took too long",
                    detail: "the body did not come within \(seconds) s (serve.requestSeconds)")
            }
            return value
        }
    }

    static func response(_ answer: ServiceResponse, cached: Bool = true) -> Response {
        var headers: HTTPFields = [.contentType: answer.type, .cacheControl: "no-store"]
        headers[.xContentTypeOptions] = "nosniff"
        if !cached {
            headers[.contentSecurityPolicy] =
                "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
        }
        return Response(
            status: .init(code: answer.status), headers: headers,
            body: .init(byteBuffer: ByteBuffer(bytes: answer.body)))
    }

    static func response(_ problem: Problem) -> Response {
        var response = response(
            ServiceResponse(problem.status, bytes: problem.json.bytes, type: RankingAPI.problemType))
        if let seconds = problem.retryAfter { response.headers[.retryAfter] = "\(seconds)" }
        if problem.status == 401 { response.headers[.wwwAuthenticate] = "Bearer" }
        // What is left of such a body is not read.
        if [408, 413].contains(problem.status) { response.headers[.connection] = "close" }
        return response
    }
}

/// Answers what no route has.
private struct UnknownPathMiddleware<Context: RequestContext>: RouterMiddleware {
    func handle(
        _ request: Request, context: Context, next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        do { return try await next(request, context) } catch let error as HTTPError {
            return HTTPService.response(
                Problem(
                    status: Int(error.status.code),
                    title: error.status == .notFound ? "No such path" : "The request cannot be answered",
                    detail:
                        "\(request.method.rawValue) \(request.uri.path.prefix(200)) is none of the "
                        + "service's; "
                        + "see /openapi.json"))
        }
    }
}

extension Problem {
    /// A body above the limit.
    static func tooLarge(_ settings: ServeConfiguration) -> Problem {
        Problem(
            status: 413, title: "The request is too large",
            detail: "the body has more than \(settings.maximumBodyKiB) KiB (serve.maximumBodyKiB); send less "
                + "at a time")
    }
}
