import Foundation
import LanguageModels
import ModelFiles
import Torch

/// A sentence encoder on a thread of its own.
final class EmbeddingEngine: Sendable {
    /// Name of the encoder in answers.
    let name: String
    private let threads: WorkThreads
    private let encoder: Loaded

    private final class Loaded: @unchecked Sendable {
        // Used on the engine's one thread alone.
        let encoder: SentenceEncoder
        init(_ encoder: SentenceEncoder) { self.encoder = encoder }
    }

    /// - Parameters:
    ///   - name: a fetched encoder, or a folder.
    ///   - waitingLimit: requests that may wait; more are refused.
    /// - Throws: an error of the encoder that names its file.
    init(_ name: String, waitingLimit: Int, threadCount: Int) throws {
        self.name = name
        encoder = Loaded(try SentenceEncoder(named: name))
        threads = WorkThreads(
            count: 1, limit: waitingLimit, name: "embed",
            prepare: { try? TorchRuntime.setThreadCount(threadCount) })
    }

    /// Unit vectors, and the texts' tokens in all.
    ///
    /// - Throws: `ServerError.busy`; an error of the encoder.
    func embed(_ texts: [String]) async throws -> (vectors: [[Float]], tokens: Int) {
        let encoder = encoder
        return try await threads.run {
            let numbers = try encoder.encoder.embed(texts)
            let width = encoder.encoder.width
            let vectors = texts.indices.map { Array(numbers[$0 * width..<($0 + 1) * width]) }
            return (vectors, try texts.reduce(0) { try $0 + encoder.encoder.tokenCount(of: $1) })
        }
    }

    /// Ends the thread.
    func stop() { threads.stop() }
}

/// The body of `/v1/embeddings`.
struct EmbeddingRequest {
    let texts: [String]
    /// Whether vectors are answered as little-endian float32 in base64, which OpenAI's client asks for.
    let isBase64: Bool

    /// - Throws: `Problem`.
    init(_ bytes: UnsafeRawBufferPointer) throws {
        let body = try RequestObject(parsing: bytes, maximumIdBytes: 256)
        let wrong = Problem.invalid("input", "is missing; expected a text or a list of texts")
        switch body.value("input") {
        case .string(let text)?: texts = [text]
        case .array(let values)?:
            texts = try values.map { value in
                guard case .string(let text) = value else { throw wrong }
                return text
            }
        default: throw wrong
        }
        guard !texts.isEmpty, texts.count <= 2_048 else {
            throw Problem.invalid("input", "has \(texts.count) texts; expected 1 to 2048")
        }
        switch try body.text("encoding_format") ?? "float" {
        case "float": isBase64 = false
        case "base64": isBase64 = true
        case let name:
            throw Problem.invalid("encoding_format", "is '\(name.prefix(40))'; expected float or base64")
        }
    }
}
