public import Foundation

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

/// Asks a ranking service.
public struct ServiceClient: Sendable {
    private let url: URL
    private let token: String?
    private let session: URLSession

    /// What a service answered.
    public struct Answer: Sendable {
        /// The HTTP status.
        public let status: Int
        /// The body.
        public let body: Data
        /// Of `Retry-After`, in seconds.
        public let retryAfter: Int?
    }

    /// - Parameters:
    ///   - url: such as `http://127.0.0.1:8080`.
    ///   - token: sent as `Authorization: Bearer`; nil for none.
    ///   - seconds: that an answer may take.
    /// - Throws: `ServerError.setting` for something that is no address.
    public init(_ url: String, token: String?, seconds: Double = 60) throws {
        guard let parsed = URL(string: url), parsed.host != nil, ["http", "https"].contains(parsed.scheme)
        else {
            throw ServerError.setting(
                key: "--url", message: "is '\(url)'; expected an address such as http://127.0.0.1:8080")
        }
        self.url = parsed
        self.token = token
        let configuration = URLSessionConfiguration.ephemeral
        configuration.timeoutIntervalForRequest = seconds
        configuration.httpMaximumConnectionsPerHost = 64
        session = URLSession(configuration: configuration)
    }

    /// Sends a request.
    ///
    /// - Parameter body: JSON; nil for none.
    /// - Throws: `ServerError.store` where the service cannot be reached.
    public func call(_ method: String, _ path: String, _ body: Data? = nil) async throws -> Answer {
        guard let target = URL(string: path, relativeTo: url) else {
            throw ServerError.setting(key: "--url", message: "with '\(path)' is no address")
        }
        var request = URLRequest(url: target)
        request.httpMethod = method
        request.httpBody = body
        if body != nil { request.setValue("application/json", forHTTPHeaderField: "Content-Type") }
        if let token { request.setValue("Bearer \(token)", forHTTPHeaderField: "Authorization") }
        let place = url.absoluteString
        return try await withCheckedThrowingContinuation { continuation in
            session.dataTask(with: request) { data, response, error in
                guard let response = response as? HTTPURLResponse else {
                    let reason = error.map { "\($0.localizedDescription)" } ?? "no answer"
                    continuation.resume(
                        throwing: ServerError.store(place: place, message: "cannot be reached (\(reason))"))
                    return
                }
                continuation.resume(
                    returning: Answer(
                        status: response.statusCode, body: data ?? Data(),
                        retryAfter: response.value(forHTTPHeaderField: "Retry-After").flatMap { Int($0) }))
            }.resume()
        }
    }
}
