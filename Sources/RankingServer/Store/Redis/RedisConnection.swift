import CRedis
import Foundation

/// A reply of Redis.
enum RedisValue: Sendable {
    case null
    case integer(Int64)
    case text([UInt8])
    case list([RedisValue])

    var string: String? {
        switch self {
        case .text(let bytes): String(decoding: bytes, as: UTF8.self)
        case .integer(let number): "\(number)"
        default: nil
        }
    }
    var data: Data? { if case .text(let bytes) = self { Data(bytes) } else { nil } }
    var number: Int64? {
        switch self {
        case .integer(let number): number
        case .text: string.flatMap { Int64($0) }
        default: nil
        }
    }
    var list: [RedisValue] { if case .list(let values) = self { values } else { [] } }
}

/// An argument of a command.
enum RedisArgument: Sendable, ExpressibleByStringLiteral, ExpressibleByIntegerLiteral {
    case bytes([UInt8])
    init(stringLiteral value: String) { self = .bytes(Array(value.utf8)) }
    init(integerLiteral value: Int64) { self = .bytes(Array("\(value)".utf8)) }
    init(_ text: String) { self = .bytes(Array(text.utf8)) }
    init(_ data: Data) { self = .bytes(Array(data)) }
    init(_ number: some BinaryInteger) { self = .bytes(Array("\(number)".utf8)) }
    init(_ number: Double) { self = .bytes(Array("\(number)".utf8)) }
    var bytes: [UInt8] {
        switch self {
        case .bytes(let bytes): bytes
        }
    }
}

/// One connection, for one thread at a time.
final class RedisConnection {
    /// What Redis said of a command that it refused.
    struct Refusal: Error, CustomStringConvertible {
        let description: String
    }

    /// Where Redis is, and how to enter.
    struct Address: Sendable {
        let host: String
        let port: Int
        let database: Int
        let password: String?
        /// What a call may take.
        let milliseconds = 5000
        /// Without the password.
        var place: String { "redis://\(host):\(port)/\(database)" }
    }

    private let handle: OpaquePointer
    private let address: Address

    /// Connects and enters.
    ///
    /// - Throws: `ServerError.store`.
    init(_ address: Address) throws {
        self.address = address
        var made: OpaquePointer?
        guard
            cr_connect(address.host, Int32(clamping: address.port), Int32(address.milliseconds), &made) == 0,
            let made
        else {
            throw ServerError.store(place: address.place, message: "cannot be reached (\(Self.lastError))")
        }
        handle = made
        var commands: [[RedisArgument]] = []
        if let password = address.password { commands.append(["AUTH", .init(password)]) }
        commands.append(["SELECT", .init(address.database)])
        _ = try pipeline(commands)
    }

    deinit { cr_close(handle) }

    private static var lastError: String { String(cString: cr_last_error()) }

    /// Sends commands together and reads their replies.
    ///
    /// - Throws: `ServerError.store` where the connection fails, which cannot be used afterwards; `Refusal`
    /// of
    ///   the first command that Redis refuses, after all replies are read.
    func pipeline(_ commands: [[RedisArgument]]) throws -> [RedisValue] {
        for command in commands {
            let parts = command.map(\.bytes)
            let lengths = parts.map(\.count)
            let status = Self.withPointers(parts) { cr_append(handle, Int32(parts.count), $0, lengths) }
            guard status == 0 else { throw failure() }
        }
        var (values, refusal): ([RedisValue], Refusal?) = ([], nil)
        for _ in commands {
            var reply: OpaquePointer?
            guard cr_reply_next(handle, &reply) == 0, let reply else { throw failure() }
            defer { cr_free(reply) }
            if Int(cr_kind(reply)) == CR_ERROR {
                refusal =
                    refusal
                    ?? Refusal(
                        description: Self.text(reply).map { String(decoding: $0, as: UTF8.self) } ?? "")
                values.append(.null)
            } else {
                values.append(Self.value(reply))
            }
        }
        if let refusal { throw refusal }
        return values
    }

    private func failure() -> ServerError {
        .store(place: address.place, message: "does not answer (\(Self.lastError)); is it running?")
    }

    private static func withPointers<Result>(
        _ parts: [[UInt8]], _ body: (UnsafePointer<UnsafePointer<CChar>>) -> Result
    ) -> Result {
        let all = parts.flatMap { $0 }
        return all.withUnsafeBytes { bytes in
            // An empty argument has an address too.
            let base = bytes.baseAddress.map { $0.assumingMemoryBound(to: CChar.self) }
            var (pointers, offset): ([UnsafePointer<CChar>], Int) = ([], 0)
            for part in parts {
                if let base { pointers.append(base + offset) }
                offset += part.count
            }
            return pointers.withUnsafeBufferPointer { list in
                list.baseAddress.map(body)
            } ?? emptyCommand(body)
        }
    }

    /// No command is empty: its first argument is its name.
    private static func emptyCommand<Result>(_ body: (UnsafePointer<UnsafePointer<CChar>>) -> Result)
        -> Result
    {
        var nothing: CChar = 0
        return withUnsafePointer(to: &nothing) { pointer in withUnsafePointer(to: pointer) { body($0) } }
    }

    private static func text(_ reply: OpaquePointer) -> [UInt8]? {
        var length = 0
        guard let start = cr_text(reply, &length) else { return nil }
        return start.withMemoryRebound(to: UInt8.self, capacity: length) {
            Array(UnsafeBufferPointer(start: $0, count: length))
        }
    }

    private static func value(_ reply: OpaquePointer) -> RedisValue {
        switch Int(cr_kind(reply)) {
        case CR_INTEGER: .integer(cr_integer(reply))
        case CR_TEXT, CR_STATUS: .text(text(reply) ?? [])
        case CR_LIST: .list((0..<cr_count(reply)).map { value(cr_element(reply, $0)) })
        default: .null
        }
    }
}
