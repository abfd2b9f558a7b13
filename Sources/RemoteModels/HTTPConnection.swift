import Foundation
import Pipeline

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

/// What a server sent back.
struct HTTPReply: Sendable {
    let status: Int
    let body: Data
    /// `Retry-After` in seconds, where it is a number.
    let retryAfter: Double?
}

/// Requests to one server, each with limits of time for connecting, for the first part of the answer, between
/// parts, and for the whole.
final class HTTPConnection: NSObject, URLSessionDataDelegate, @unchecked Sendable {
    private let lock = NSLock()
    private var exchanges: [Int: Exchange] = [:]
    private var session: URLSession?

    /// One request under way.
    private struct Exchange {
        let continuation: CheckedContinuation<HTTPReply, any Error>
        let timeouts: EndpointTimeouts
        let began = Date()
        var phase = Phase.connecting
        var lastPart = Date()
        var status: Int?
        var retryAfter: Double?
        var body = Data()
        /// Why this side ended it.
        var fault: AnswerFault?
    }

    private enum Phase { case connecting, waiting, answering }

    /// Most bytes of an answer: far more than any model writes.
    private static let longestBody = 64 << 20

    /// - Parameter concurrency: most requests at a time.
    init(concurrency: Int) {
        super.init()
        let configuration = URLSessionConfiguration.ephemeral
        configuration.httpMaximumConnectionsPerHost = concurrency
        // The limits here are kept by `watch`; these only must not come before them.
        configuration.timeoutIntervalForRequest = 86_400
        configuration.timeoutIntervalForResource = 86_400
        session = URLSession(configuration: configuration, delegate: self, delegateQueue: nil)
    }

    /// Lets go of the connections; none may be used afterwards.
    func close() {
        session?.invalidateAndCancel()
        session = nil
    }

    /// Sends a request and waits for the whole reply.
    ///
    /// - Throws: `AnswerFault` of kind connection, timeout or cut off.
    func reply(to request: URLRequest, within timeouts: EndpointTimeouts) async throws -> HTTPReply {
        guard let task = session?.dataTask(with: request) else {
            throw AnswerFault(kind: .connection, what: "is not connected")
        }
        let identifier = task.taskIdentifier
        let watch = Task { [weak self] in
            while !Task.isCancelled {
                try await Task.sleep(for: .milliseconds(50))
                guard let self, self.checkTime(of: identifier, task) else { return }
            }
        }
        defer { watch.cancel() }
        return try await withCheckedThrowingContinuation { continuation in
            lock.withLock {
                exchanges[identifier] = Exchange(continuation: continuation, timeouts: timeouts)
            }
            task.resume()
        }
    }

    /// Ends a request that took too long.
    ///
    /// - Returns: whether it is still under way.
    private func checkTime(of identifier: Int, _ task: URLSessionTask) -> Bool {
        let isLate: Bool? = lock.withLock {
            guard let exchange = exchanges[identifier] else { return nil }
            let now = Date()
            let (whole, part) = (
                now.timeIntervalSince(exchange.began), now.timeIntervalSince(exchange.lastPart)
            )
            let limits = exchange.timeouts
            let late: String? =
                if whole > limits.whole {
                    "took more than \(limits.whole) s for an answer (endpoint.timeouts.whole)"
                } else if exchange.phase == .connecting, part > limits.connect {
                    "could not be reached in \(limits.connect) s (endpoint.timeouts.connect)"
                } else if exchange.phase != .connecting, part > limits.firstToken {
                    "sent nothing for \(limits.firstToken) s (endpoint.timeouts.firstToken)"
                } else {
                    nil
                }
            if let late { exchanges[identifier]?.fault = AnswerFault(kind: .timeout, what: late) }
            return late != nil
        }
        guard let isLate else { return false }
        if isLate { task.cancel() }
        return !isLate
    }

    func urlSession(
        _ session: URLSession, task: URLSessionTask, didSendBodyData bytesSent: Int64,
        totalBytesSent: Int64, totalBytesExpectedToSend: Int64
    ) {
        lock.withLock {
            exchanges[task.taskIdentifier]?.phase = .waiting
            exchanges[task.taskIdentifier]?.lastPart = Date()
        }
    }

    /// Redirections are not followed: the key would go to another server.
    func urlSession(
        _ session: URLSession, task: URLSessionTask, willPerformHTTPRedirection response: HTTPURLResponse,
        newRequest request: URLRequest, completionHandler: @escaping (URLRequest?) -> Void
    ) {
        completionHandler(nil)
    }

    func urlSession(
        _ session: URLSession, dataTask: URLSessionDataTask, didReceive response: URLResponse,
        completionHandler: @escaping (URLSession.ResponseDisposition) -> Void
    ) {
        let reply = response as? HTTPURLResponse
        lock.withLock {
            exchanges[dataTask.taskIdentifier]?.status = reply?.statusCode
            exchanges[dataTask.taskIdentifier]?.retryAfter = reply?.value(forHTTPHeaderField: "Retry-After")
                .flatMap(Double.init)
            exchanges[dataTask.taskIdentifier]?.phase = .answering
            exchanges[dataTask.taskIdentifier]?.lastPart = Date()
        }
        completionHandler(.allow)
    }

    func urlSession(_ session: URLSession, dataTask: URLSessionDataTask, didReceive data: Data) {
        let isTooLong = lock.withLock {
            exchanges[dataTask.taskIdentifier]?.body.append(data)
            exchanges[dataTask.taskIdentifier]?.lastPart = Date()
            let isTooLong =
                exchanges[dataTask.taskIdentifier].map { $0.body.count > Self.longestBody } ?? false
            if isTooLong {
                exchanges[dataTask.taskIdentifier]?.fault = AnswerFault(
                    kind: .malformed, what: "sent more than \(Self.longestBody >> 20) MiB for an answer")
            }
            return isTooLong
        }
        if isTooLong { dataTask.cancel() }
    }

    func urlSession(_ session: URLSession, task: URLSessionTask, didCompleteWithError error: (any Error)?) {
        guard let exchange = lock.withLock({ exchanges.removeValue(forKey: task.taskIdentifier) }) else {
            return
        }
        if let fault = exchange.fault {
            exchange.continuation.resume(throwing: fault)
        } else if let error {
            let isCut = exchange.status != nil
            exchange.continuation.resume(
                throwing: AnswerFault(
                    kind: isCut ? .cutOff : .connection,
                    what: isCut
                        ? "broke off its answer (\(error.localizedDescription))"
                        : "could not be reached (\(error.localizedDescription))",
                    body: String(decoding: exchange.body, as: UTF8.self)))
        } else if let status = exchange.status {
            exchange.continuation.resume(
                returning: HTTPReply(status: status, body: exchange.body, retryAfter: exchange.retryAfter))
        } else {
            exchange.continuation.resume(
                throwing: AnswerFault(kind: .connection, what: "sent no answer in HTTP"))
        }
    }
}
