import Foundation
import LanguageModels
import Logging
import Pipeline
import ServiceLifecycle
import Synchronization
import Tokenization
import Torch

/// A language model on a thread of its own, which continues the prompts of all clients together: a new
/// one joins at the next token.
final class TextEngine: Service {
    /// What becomes of a request.
    enum Event: Sendable {
        /// All its prompts have been taken, with so many tokens.
        case begun(promptTokens: Int)
        /// Text that is certain; the choice counts over all prompts.
        case text(String, choice: Int)
        /// The tokens of a prompt that was scored in place of being continued.
        case scored([ScoredToken], choice: Int)
        case ended(choice: Int, isTruncated: Bool, tokens: Int)
        case failed(Problem)
    }

    private let jobs = Mutex<[TextRound.Job]>([])
    private let signal = WorkSignal()
    private let load: @Sendable () throws -> LanguageModel
    private let batchSize: Int
    private let waitingLimit: Int
    private let threads: Int
    private let logger: Logger

    /// - Parameters:
    ///   - batchSize: completions that are drawn together.
    ///   - waitingLimit: requests that may wait; more are refused.
    ///   - load: gives the model to the engine's thread, which alone uses it from then on.
    init(
        batchSize: Int, waitingLimit: Int, threads: Int, logger: Logger,
        load: @escaping @Sendable () throws -> LanguageModel
    ) {
        (self.batchSize, self.waitingLimit, self.threads) = (batchSize, waitingLimit, threads)
        (self.logger, self.load) = (logger, load)
    }

    /// Takes a request.
    ///
    /// - Returns: what becomes of it; a client that stops reading is left out from the next token on.
    /// - Throws: `ServerError.busy`.
    func submit(_ request: TextRequest) throws -> AsyncStream<Event> {
        let (stream, continuation) = AsyncStream.makeStream(of: Event.self)
        let cancelled = Flag()
        continuation.onTermination = { _ in cancelled.set() }
        try jobs.withLock { jobs in
            guard jobs.count < waitingLimit else { throw ServerError.busy }
            jobs.append(TextRound.Job(request: request, events: continuation, isCancelled: cancelled))
        }
        signal.wake()
        return stream
    }

    /// Works until the service stops, and then finishes what it took.
    func run() async throws {
        await withTaskCancellationOrGracefulShutdownHandler {
            await withCheckedContinuation { (done: CheckedContinuation<Void, Never>) in
                let thread = Thread {
                    self.work()
                    done.resume()
                }
                thread.name = "text"
                thread.stackSize = 16 << 20
                thread.start()
            }
        } onCancelOrGracefulShutdown: {
            self.signal.stop()
        }
    }

    private func work() {
        do {
            try TorchRuntime.setThreadCount(threads)
            let model = try load()
            while true {
                let round = TextRound(model, batchSize: batchSize) { self.next() }
                do { try round.perform() } catch {
                    logger.error("generation failed", metadata: ["error": "\(error)"])
                    round.fail(Problem(error))
                }
                if signal.isStopped { break }
                signal.wait(seconds: 1)
            }
        } catch {
            logger.error("the model cannot be loaded", metadata: ["error": "\(error)"])
        }
        while let job = next() {
            job.events.yield(.failed(Problem(CancellationError())))
            job.events.finish()
        }
    }

    private func next() -> TextRound.Job? {
        jobs.withLock { $0.isEmpty ? nil : $0.removeFirst() }
    }
}

/// Something that happened, told from one thread to another.
final class Flag: Sendable {
    private let value = Atomic(false)
    func set() { value.store(true, ordering: .relaxed) }
    var isSet: Bool { value.load(ordering: .relaxed) }
}
