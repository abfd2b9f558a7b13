public import Foundation
import Glibc

/// An HTTP server on a free loopback port that answers as a test tells it to, also wrongly: late, in part, or
/// not at all. A thread a connection; it ends with the test.
public final class LoopbackServer: @unchecked Sendable {
    /// What a client sent.
    public struct Request: Sendable {
        /// `GET` or `POST`.
        public let method: String
        /// Path with its query.
        public let path: String
        /// By lower-case name.
        public let headers: [String: String]
        /// The body.
        public let body: Data
        /// Counted from 0 in the order of arrival.
        public let number: Int

        /// Takes every value.
        public init(
            method: String, path: String, headers: [String: String], body: Data, number: Int
        ) {
            (self.method, self.path, self.headers) = (method, path, headers)
            (self.body, self.number) = (body, number)
        }
    }

    /// What it gets.
    public struct Reply: Sendable {
        /// The status.
        public var status = 200
        /// Beside `Content-Length`.
        public var headers: [String: String] = ["Content-Type": "application/json"]
        /// The body.
        public var body: Data
        /// Seconds before the first byte.
        public var delay = 0.0
        /// Bytes of the body after which the connection is closed; nil for the whole.
        public var cutAfter: Int?

        /// A whole answer.
        public init(_ body: String, status: Int = 200) {
            self.body = Data(body.utf8)
            self.status = status
        }
    }

    /// `http://127.0.0.1:<port>`.
    public let url: String
    private let listener: Int32
    private let handle: @Sendable (Request) -> Reply
    private let lock = NSLock()
    private var received: [Request] = []
    private var current = 0
    private var most = 0

    /// - Throws: `POSIXError` where no port can be had.
    public init(_ handle: @escaping @Sendable (Request) -> Reply) throws {
        self.handle = handle
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, length) == 0 && listen(listener, 128) == 0
                    && getsockname(listener, $0, &length) == 0
            }
        }
        guard listener >= 0, isBound else { throw POSIXError(.EADDRNOTAVAIL) }
        self.listener = listener
        url = "http://127.0.0.1:\(UInt16(bigEndian: address.sin_port))"
        Thread.detachNewThread { [weak self] in
            while true {
                let connection = accept(listener, nil, nil)
                guard connection >= 0 else { return }
                guard let self else {
                    close(connection)
                    return
                }
                Thread.detachNewThread { self.serve(connection) }
            }
        }
    }

    deinit { stop() }

    /// Takes no more connections.
    public func stop() {
        shutdown(listener, Int32(SHUT_RDWR))
        close(listener)
    }

    /// All requests so far, in the order of arrival.
    public var requests: [Request] { lock.withLock { received } }

    /// Most requests that were under way together.
    public var mostAtOnce: Int { lock.withLock { most } }

    private func serve(_ connection: Int32) {
        defer { close(connection) }
        var pending = Data()
        while let request = next(connection, &pending) {
            let reply = handle(request)
            if reply.delay > 0 { Thread.sleep(forTimeInterval: reply.delay) }
            lock.withLock { current -= 1 }
            var head = "HTTP/1.1 \(reply.status) Reply\r\nContent-Length: \(reply.body.count)\r\n"
            for (name, value) in reply.headers { head += "\(name): \(value)\r\n" }
            let body = reply.cutAfter.map { reply.body.prefix($0) } ?? reply.body
            guard send(Data((head + "\r\n").utf8) + body, on: connection), reply.cutAfter == nil else {
                return
            }
        }
    }

    private func next(_ connection: Int32, _ pending: inout Data) -> Request? {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        func read() -> Bool {
            let count = recv(connection, &buffer, buffer.count, 0)
            guard count > 0 else { return false }
            pending.append(contentsOf: buffer[..<count])
            return true
        }
        while true {
            if let end = pending.range(of: Data("\r\n\r\n".utf8)) {
                let lines = String(decoding: pending[..<end.lowerBound], as: UTF8.self).split(
                    separator: "\r\n")
                let start = (lines.first ?? "").split(separator: " ")
                guard start.count == 3 else { return nil }
                let headers = Dictionary(
                    lines.dropFirst().compactMap { line -> (String, String)? in
                        guard let colon = line.firstIndex(of: ":") else { return nil }
                        let value = line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
                        return (line[..<colon].lowercased(), value)
                    }, uniquingKeysWith: { $1 })
                if headers["expect"] != nil {
                    _ = send(Data("HTTP/1.1 100 Continue\r\n\r\n".utf8), on: connection)
                }
                let length = headers["content-length"].flatMap { Int($0) } ?? 0
                while pending.endIndex - end.upperBound < length { guard read() else { return nil } }
                let body = Data(pending[end.upperBound..<end.upperBound + length])
                pending = Data(pending[(end.upperBound + length)...])
                return lock.withLock {
                    let request = Request(
                        method: String(start[0]), path: String(start[1]), headers: headers, body: body,
                        number: received.count)
                    received.append(request)
                    current += 1
                    most = max(most, current)
                    return request
                }
            }
            guard read() else { return nil }
        }
    }

    private func send(_ data: Data, on connection: Int32) -> Bool {
        data.withUnsafeBytes { bytes in
            var sent = 0
            while sent < bytes.count {
                let count = Glibc.send(
                    connection, bytes.baseAddress.map { $0 + sent }, bytes.count - sent,
                    Int32(MSG_NOSIGNAL))
                guard count > 0 else { return false }
                sent += count
            }
            return true
        }
    }
}
