public import Foundation

/// A Redis server of a test's own, on a free port of this machine, which ends with the test.
public final class Redis {
    /// Where it listens.
    public let port: Int
    private var process: Process?
    private let folder: URL

    /// Whether this machine has one.
    public static var isInstalled: Bool {
        FileManager.default.isExecutableFile(atPath: "/usr/bin/redis-server")
    }
    /// As `serve.store` names it.
    public var address: String { "redis://127.0.0.1:\(port)/0" }

    /// Starts a server whose files lie in a folder.
    public init(in folder: URL, port: Int? = nil, isDurable: Bool = true) throws {
        self.folder = folder
        self.port = try port ?? Self.freePort()
        try start(isDurable: isDurable)
    }

    deinit { stop(SIGKILL) }

    /// Starts it again, with what it had kept.
    public func start(isDurable: Bool = true) throws {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/redis-server")
        process.arguments = [
            "--port", "\(port)", "--bind", "127.0.0.1", "--dir", folder.path, "--save", "", "--appendonly",
            isDurable ? "yes" : "no", "--appendfsync", "always",
        ]
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        self.process = process
        let end = Date(timeIntervalSinceNow: 10)
        while !Self.answers(port) {
            guard Date() < end, process.isRunning else {
                throw TestSupportError(description: "Redis does not start")
            }
            usleep(20_000)
        }
    }

    /// Ends it, and waits.
    public func stop(_ signal: Int32 = SIGTERM) {
        guard let process, process.isRunning else { return }
        kill(process.processIdentifier, signal)
        process.waitUntilExit()
        self.process = nil
    }

    private static func answers(_ port: Int) -> Bool {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = loopback(port)
        return withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }

    private static func loopback(_ port: Int) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(UInt16(port)).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        return address
    }

    private static func freePort() throws -> Int {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var (address, length) = (loopback(0), socklen_t(MemoryLayout<sockaddr_in>.size))
        let status = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) == 0 ? getsockname(descriptor, $0, &length) : -1
            }
        }
        guard status == 0 else { throw TestSupportError(description: "no free port") }
        return Int(UInt16(bigEndian: address.sin_port))
    }
}
