public import Foundation
public import Logging
public import Pipeline
import ServiceLifecycle
import Torch
import UnixSignals
import VectorSearch

/// The ranking service: HTTP, a store, and a near-online worker, in one process or in many.
public struct RankingServer: Sendable {
    private let directory: URL
    private let configuration: TaijiConfiguration
    private let until: Int64?
    private let token: String?
    private let logger: Logger
    private var settings: ServeConfiguration { configuration.serve }

    /// - Parameters:
    ///   - directory: of a finished run.
    ///   - until: logs from this time on are left out, in seconds since 1970; nil for none.
    ///   - token: what requests must bring; nil for nothing.
    /// - Throws: `ServerError.setting` for a place beyond this machine without a token, or a role that needs
    ///   another store.
    public init(
        _ directory: URL, _ configuration: TaijiConfiguration, until: Int64? = nil, token: String?,
        logger: Logger
    ) throws {
        self.directory = directory
        self.configuration = configuration
        self.until = until
        self.token = try BearerToken.needed(token, host: configuration.serve.host)
        self.logger = logger
    }

    /// Serves until SIGTERM or SIGINT, then finishes what it took.
    ///
    /// - Parameter onRunning: gets the address once requests are taken.
    public func run(onRunning: @escaping @Sendable (String) -> Void) async throws {
        try VectorSearchRuntime.setThreadCount(1)
        let store = try StoreAddress(settings.store, run: directory).open(settings)
        let (configuration, until) = (configuration, until)
        let load: @Sendable (URL) throws -> ServedVersion = { folder in
            var own = try RunSettings.read(folder, file: nil, settings: [])
            own.serve = configuration.serve
            return try ServedVersion(folder, own, until: until)
        }
        let first = try ServedVersion(directory, configuration, until: until)
        let book = VersionBook(first)
        let switcher = VersionSwitch(store, book, settings, logger, load: load)
        try await switcher.take(first, activates: false)
        if try await store.activeVersion() == nil { try await store.activate(first.name) }
        try await switcher.follow()
        try await serve(store, book, switcher, onRunning)
        await store.close()
    }

    private func serve(
        _ store: any ServingStore, _ book: VersionBook, _ switcher: VersionSwitch,
        _ onRunning: @escaping @Sendable (String) -> Void
    ) async throws {
        let gauges = Gauges()
        let worker = ReasoningWorker(store, book, settings, threads: configuration.threads, gauges, logger)
        var services: [any Service] = [VersionFollower(switcher, logger)]
        if settings.role != .rank { services.append(worker) }
        let threads = WorkThreads(
            count: settings.rankThreads, limit: settings.waitingRequests, name: "rank",
            // The number of threads of an operation belongs to a thread: each of these computes alone.
            prepare: { try? TorchRuntime.setThreadCount(1) })
        if settings.role == .reason {
            onRunning("")
        } else {
            let api = RankingAPI(
                store: store, versions: book,
                ranking: RankingService(
                    store: store, versions: book, threads: threads, gauges: gauges,
                    requests: RequestedUsers(store, logger)),
                gauges: gauges, settings: settings, switcher: switcher, wakeWorker: { worker.wake() })
            let host = settings.host.contains(":") ? "[\(settings.host)]" : settings.host
            let service = HTTPService(
                endpoints: api.endpoints, settings: settings, token: token, gauges: gauges, logger: logger,
                onRunning: { onRunning("http://\(host):\($0)") })
            services.append(service.application())
        }
        defer { threads.stop() }
        try await ServiceGroup(
            configuration: .init(
                services: services.map { .init(service: $0) }, gracefulShutdownSignals: [.sigterm, .sigint],
                logger: logger)
        ).run()
    }
}

/// Follows versions and items that other processes bring, and activates what has become ready.
private struct VersionFollower: Service {
    private let switcher: VersionSwitch
    private let logger: Logger

    init(_ switcher: VersionSwitch, _ logger: Logger) { (self.switcher, self.logger) = (switcher, logger) }

    func run() async throws {
        for await _ in AsyncTimer(seconds: 1).cancelOnGracefulShutdown() {
            do { try await switcher.follow() } catch {
                logger.warning("versions cannot be followed", metadata: ["error": "\(error)"])
            }
        }
    }
}

/// Ticks.
private struct AsyncTimer: AsyncSequence, AsyncIteratorProtocol, Sendable {
    let seconds: Double
    func makeAsyncIterator() -> AsyncTimer { self }
    mutating func next() async -> Void? {
        do { try await Task.sleep(for: .seconds(seconds)) } catch { return nil }
        return ()
    }
}
