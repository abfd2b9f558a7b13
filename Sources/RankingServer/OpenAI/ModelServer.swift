import Hummingbird
import HummingbirdCore
import LanguageModels
public import Logging
import NIOCore
public import Pipeline
import ServiceLifecycle
import Torch
import UnixSignals

/// The local engine behind OpenAI's interface: chat, completions, embeddings, models, streams; the
/// requests of all clients are drawn together.
public struct ModelServer: Sendable {
    /// What is served.
    public struct Model: Sendable {
        /// A model's file, folder or short name.
        let location: String
        /// Its name in requests.
        let name: String

        /// A model under a name.
        public init(_ location: String, name: String) { (self.location, self.name) = (location, name) }
    }

    private let model: Model
    private let embedder: String?
    private let configuration: TaijiConfiguration
    private let token: String?
    private let logger: Logger

    /// - Parameters:
    ///   - embedder: an encoder's folder or short name; nil for none.
    ///   - configuration: its `serve` section has the limits, `serve.reasoningBatch` the completions that are
    ///     drawn together.
    ///   - token: what requests must bring; nil for nothing.
    /// - Throws: `ServerError.setting` for a place beyond this machine without a token.
    public init(
        _ model: Model, embedder: String?, _ configuration: TaijiConfiguration, token: String?, logger: Logger
    ) throws {
        (self.model, self.embedder, self.configuration) = (model, embedder, configuration)
        self.token = try BearerToken.needed(token, host: configuration.serve.host)
        self.logger = logger
    }

    /// Serves until SIGTERM or SIGINT, then finishes what it took.
    ///
    /// - Parameter onRunning: gets the address once requests are taken.
    public func run(onRunning: @escaping @Sendable (String) -> Void) async throws {
        let (settings, threads) = (configuration.serve, configuration.threads)
        let loaded = LoadedModel(try LanguageModel(model.location, configuration))
        let engine = TextEngine(
            batchSize: settings.reasoningBatch, waitingLimit: settings.waitingRequests, threads: threads,
            logger: logger, load: { loaded.model })
        let embeddings = try embedder.map {
            try EmbeddingEngine($0, waitingLimit: settings.waitingRequests, threadCount: 1)
        }
        defer { embeddings?.stop() }
        let api = ModelAPI(
            model: model.name, contextLength: loaded.model.contextLength, engine: engine,
            embeddings: embeddings, settings: settings, token: token, logger: logger)
        let host = settings.host.contains(":") ? "[\(settings.host)]" : settings.host
        let application = Application(
            router: api.router(),
            server: .http1(configuration: .init(idleTimeout: .seconds(Int64(settings.requestSeconds)))),
            configuration: .init(
                address: .hostname(settings.host, port: settings.port), serverName: "taiji",
                availableConnectionsDelegate: MaximumAvailableConnections(
                    settings.maximumConnections, logger: logger)),
            onServerRunning: { onRunning("http://\(host):\($0.localAddress?.port ?? settings.port)") },
            logger: logger)
        try await ServiceGroup(
            configuration: .init(
                services: [.init(service: engine), .init(service: application)],
                gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        ).run()
    }
}

/// A model that is loaded on one thread and used on another.
private struct LoadedModel: @unchecked Sendable {
    let model: LanguageModel
    init(_ model: LanguageModel) { self.model = model }
}
