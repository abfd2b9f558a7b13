import Foundation
import LanguageModels
import Logging
import Pipeline
import RankingModels
import ServiceLifecycle
import Synchronization
import Torch

/// The near-online worker: takes stale users from the store, reasons about them in continuous batches, and
/// writes their features.
///
/// It computes on a thread of its own. What it had claimed when it is stopped goes back to the store.
final class ReasoningWorker: Service, Sendable {
    private let store: any ServingStore
    private let versions: VersionBook
    private let settings: ServeConfiguration
    /// Threads of one operation while nobody ranks.
    private let threads: Int
    private let gauges: Gauges
    private let logger: Logger
    private let signal = WorkSignal()

    init(
        _ store: any ServingStore, _ versions: VersionBook, _ settings: ServeConfiguration, threads: Int,
        _ gauges: Gauges, _ logger: Logger
    ) {
        self.store = store
        self.versions = versions
        self.settings = settings
        self.threads = threads
        self.gauges = gauges
        self.logger = logger
    }

    /// Work may have come.
    func wake() { signal.wake() }

    func run() async throws {
        let finished = AsyncStream.makeStream(of: Void.self)
        let thread = Thread { [self] in
            work()
            finished.continuation.finish()
        }
        thread.name = "reasoning"
        thread.stackSize = 16 << 20
        thread.start()
        await withGracefulShutdownHandler {
            for await _ in finished.stream {}
        } onGracefulShutdown: { [signal] in
            signal.stop()
        }
    }

    /// How long the worker rests after a fault before it tries again, in seconds.
    private static let pause = 1.0
    /// How often it looks for work that other processes bring, in seconds.
    private static let interval = 0.2

    private func work() {
        var makers: [String: FeatureMaker] = [:]
        // How far each version's index has followed other workers.
        var places: [String: String] = [:]
        while !signal.isStopped {
            var isBusy = false
            let active = versions.active
            let others = versions.loaded.filter { $0.name != active.name }.sorted { $0.name < $1.name }
            for version in [active] + others where !signal.isStopped {
                do {
                    if makers[version.name] == nil {
                        // Where others are, before what they wrote is read: nothing falls between.
                        places[version.name] = try position(version.name, after: "").place
                    }
                    let maker = try makers[version.name] ?? load(version)
                    makers[version.name] = maker
                    places[version.name] = try follow(maker, after: places[version.name] ?? "")
                    isBusy = try ReasoningRound(maker, self).perform() || isBusy
                } catch {
                    logger.error(
                        "reasoning failed", metadata: ["version": "\(version.name)", "error": "\(error)"])
                    gauges.reasoningFailed()
                    signal.wait(seconds: Self.pause)
                }
            }
            if !isBusy { signal.wait(seconds: Self.interval) }
        }
    }

    private func load(_ version: ServedVersion) throws -> FeatureMaker {
        let maker = try FeatureMaker(version, batchSize: settings.reasoningBatch)
        let (rows, store) = (EmbeddingRows(), store)
        try blocking { try await store.forEachEmbedding(version: version.name) { rows.add($0, $1) } }
        for (user, embedding) in rows.taken() { try maker.restore(user, embedding) }
        logger.info("the model is loaded", metadata: ["version": "\(version.name)"])
        return maker
    }

    /// Takes in what other workers wrote.
    private func follow(_ maker: FeatureMaker, after place: String) throws -> String {
        let fresh = try position(maker.version.name, after: place)
        for (user, embedding) in fresh.rows { try maker.restore(user, embedding) }
        return fresh.place
    }

    private func position(_ version: String, after place: String) throws -> (
        rows: [(String, [Float])], place: String
    ) {
        let store = store
        return try blocking { try await store.embeddings(version: version, after: place) }
    }

    /// Embeddings on their way from the store.
    private final class EmbeddingRows: Sendable {
        private let rows = Mutex<[(String, [Float])]>([])
        func add(_ user: String, _ embedding: [Float]) { rows.withLock { $0.append((user, embedding)) } }
        func taken() -> [(String, [Float])] { rows.withLock { $0 } }
    }

    /// One stretch of work for a version, until nothing more waits.
    private final class ReasoningRound {
        private struct Job {
            let claim: Claim
            let seen: LiveUser
            let position: Int64
            let begun: Double
        }

        private let maker: FeatureMaker
        private let worker: ReasoningWorker
        private var waiting: [Claim] = []
        private var jobs: [Int: Job] = [:]
        private var nextKey = 0
        private var asked = -Double.infinity
        private var renewed = ContinuousClock.now.secondsSinceStart

        init(_ maker: FeatureMaker, _ worker: ReasoningWorker) { (self.maker, self.worker) = (maker, worker) }

        /// - Returns: whether there was anything to do.
        func perform() throws -> Bool {
            try TorchRuntime.setThreadCount(worker.threads)
            do {
                try maker.generator.generate(
                    seed: 0, configuration: maker.sampling, next: next, finished: finished, stepped: stepped)
            } catch {
                // What was in the batch goes back, each with a failed attempt.
                let (claims, store) = (jobs.values.map(\.claim), worker.store)
                for claim in claims { try? blocking { try await store.fail(claim, message: "\(error)") } }
                try? giveBack()
                throw error
            }
            try giveBack()
            return nextKey > 0
        }

        private func giveBack() throws {
            let (claims, store) = (waiting, worker.store)
            waiting = []
            if !claims.isEmpty { try blocking { try await store.release(claims) } }
        }

        private func stepped() {
            let now = ContinuousClock.now.secondsSinceStart
            if now - renewed > Double(worker.settings.claimSeconds) / 3 {
                renewed = now
                let (claims, store) = (jobs.values.map(\.claim) + waiting, worker.store)
                // A claim that cannot be renewed is at worst worked on twice, which changes nothing.
                try? blocking { try await store.renew(claims) }
            }
            let isShared = worker.gauges.secondsSinceRanking < 0.5
            try? TorchRuntime.setThreadCount(
                isShared ? min(worker.settings.reasoningThreads, worker.threads) : worker.threads)
        }

        private func next() throws -> (tokens: [Int32], key: Int)? {
            while !worker.signal.isStopped {
                if waiting.isEmpty { try claim() }
                guard !waiting.isEmpty else { return nil }
                let claim = waiting.removeFirst()
                do { return try begin(claim) } catch {
                    let (store, message) = (worker.store, "\(error)")
                    worker.logger.warning(
                        "a user's prompt cannot be made",
                        metadata: ["user": "\(claim.user)", "error": "\(message)"])
                    try blocking { try await store.fail(claim, message: message) }
                }
            }
            return nil
        }

        private func claim() throws {
            let now = ContinuousClock.now.secondsSinceStart
            // While others are drawn, new work is looked for between some of the token steps.
            guard jobs.isEmpty || now - asked > 0.05 else { return }
            asked = now
            let (store, version) = (worker.store, maker.version.name)
            let free = max(1, worker.settings.reasoningBatch - jobs.count)
            waiting = try blocking { try await store.claim(version: version, atMost: free) }
        }

        private func begin(_ claim: Claim) throws -> (tokens: [Int32], key: Int) {
            let (store, version) = (worker.store, maker.version)
            let stored = try blocking { try await store.user(claim.user, version: version.name) }
            let seen = version.user(claim.user, stored, in: version.catalogue)
            let tokens = try maker.prompt(of: seen)
            guard tokens.count + maker.sampling.maximumTokens <= maker.contextLength else {
                throw ServerError.setting(
                    key: "construct.prompt.maximumTokens",
                    message: "lets prompts of \(tokens.count) tokens pass, too long for the model")
            }
            nextKey += 1
            jobs[nextKey] = Job(
                claim: claim, seen: seen, position: max(claim.position, stored.events.last?.position ?? 0),
                begun: Date().timeIntervalSince1970)
            return (tokens, nextKey)
        }

        private func finished(_ key: Int, _ completion: Completion) throws {
            guard let job = jobs.removeValue(forKey: key) else { return }
            let (store, version) = (worker.store, maker.version)
            let made = try maker.features(
                of: job.claim.user, completion, seen: job.seen, position: job.position
            ) { user in
                let stored = try blocking { try await store.user(user, version: version.name) }
                return version.user(user, stored, in: version.catalogue).events
            }
            try blocking { try await store.finish(job.claim, made.features, embedding: made.embedding) }
            worker.gauges.reasoned(
                tokens: completion.ids.count, freshness: made.features.madeAt - job.claim.since,
                seconds: made.features.madeAt - job.begun)
        }
    }
}
