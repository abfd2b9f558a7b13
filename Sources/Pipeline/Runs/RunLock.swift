import Foundation

/// Keeps a run's folder for one command at a time.
///
/// The lock is a file that is locked with `flock` for as long as the process lives, so that a crashed holder
/// does not block: the system gives its lock up. Linux hands `flock` on NFS to the server, so other machines
/// see it too. Where a file system does not lock at all, a file with the holder's name stands for the lock;
/// it is taken over when its holder is a process of this machine that is gone.
public final class RunLock {
    /// Who works in a run.
    public struct Holder: Codable, Sendable, Equatable, CustomStringConvertible {
        /// Name of the machine.
        public var host: String
        /// Id of the process on it.
        public var process: Int32
        /// What it does.
        public var command: String
        /// When it began, in ISO 8601.
        public var since: String

        /// For an error.
        public var description: String {
            "'\(command)' (process \(process) on \(host), since \(since))"
        }

        static var own: Holder {
            let arguments = CommandLine.arguments
            let program = URL(filePath: arguments.first ?? "taiji").lastPathComponent
            return Holder(
                host: ProcessInfo.processInfo.hostName, process: getpid(),
                command: ([program] + arguments.dropFirst().prefix(1)).joined(separator: " "),
                since: Date().ISO8601Format())
        }
    }

    private let file: URL
    private let descriptor: Int32

    /// Takes the lock of a run's folder.
    ///
    /// - Parameters:
    ///   - waits: whether to wait for another holder, rather than to say who it is.
    ///   - notify: told once of whom is waited for.
    /// - Throws: `RunError.locked` naming the holder; `RunError.file` where no lock file can be made.
    public init(_ run: RunDirectory, waits: Bool, notify: (Holder?) -> Void = { _ in }) throws {
        file = run.url.appending(path: ".lock")
        descriptor = open(file.path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else {
            throw RunError.file(
                path: file.path, message: "cannot be made (\(String(cString: strerror(errno))))")
        }
        var isTold = false
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            let reason = errno
            if reason == EINTR { continue }
            guard reason == EWOULDBLOCK else {
                if try Self.isFree(file) { break }
                close(descriptor)
                throw Self.locked(run, Self.holder(file))
            }
            let other = Self.holder(file)
            guard waits else {
                close(descriptor)
                throw Self.locked(run, other)
            }
            if !isTold { notify(other) }
            isTold = true
            usleep(200_000)
        }
        try write(Holder.own)
    }

    deinit {
        // Emptied before it is given up, so that nobody reads an old holder.
        ftruncate(descriptor, 0)
        close(descriptor)
    }

    private func write(_ holder: Holder) throws {
        let data = try JSONEncoder().encode(holder)
        ftruncate(descriptor, 0)
        let written = data.withUnsafeBytes { pwrite(descriptor, $0.baseAddress, $0.count, 0) }
        guard written == data.count else {
            throw RunError.file(path: file.path, message: "cannot be written; is the disk full?")
        }
    }

    private static func holder(_ file: URL) -> Holder? {
        (try? Data(contentsOf: file)).flatMap { try? JSONDecoder().decode(Holder.self, from: $0) }
    }

    /// Whether the holder that the file names cannot be at work any more: where the file system does not
    /// lock.
    private static func isFree(_ file: URL) throws -> Bool {
        guard let holder = holder(file) else { return true }
        return holder.host == ProcessInfo.processInfo.hostName && kill(holder.process, 0) != 0
            && errno == ESRCH
    }

    private static func locked(_ run: RunDirectory, _ holder: Holder?) -> RunError {
        .locked(path: run.url.path, holder: holder?.description ?? "another command")
    }
}
