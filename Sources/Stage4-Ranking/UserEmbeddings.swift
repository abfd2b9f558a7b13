import Foundation
import LanguageModels
import ModelFiles
public import Pipeline
import Torch
public import VectorSearch

/// Unit-length embeddings of what stands for every user, in a mapped file: memory holds what is being read of
/// them.
public struct UserEmbeddings {
    private static let tensor = "embeddings"

    /// `[users, D]`.
    public let vectors: UnitVectors
    /// A digest of each user's text; equal texts have equal ones.
    let digests: [UInt64]

    /// Calls its argument with every user's text, in order.
    typealias Texts = (_ body: (String) throws -> Void) throws -> Void

    /// Embeds texts a block at a time into `embeddings.safetensors`.
    ///
    /// - Parameters:
    ///   - count: texts.
    ///   - texts: an empty one is embedded as "no answer".
    init(
        _ texts: Texts, count: Int, by embedder: TextEmbedder, to output: UserFeatureFiles,
        progress: @escaping (Int) -> Void
    ) throws {
        var digests: [UInt64] = []
        vectors = try Self.write(count: count, width: embedder.width, to: output) { append in
            var block: [String] = []
            func embed() throws {
                let done = digests.count - block.count
                try append(embedder.embed(block) { progress(done + $0) })
                block.removeAll(keepingCapacity: true)
            }
            try texts { text in
                block.append(text.isEmpty ? "no answer" : text)
                digests.append(Self.digest(block[block.count - 1]))
                if block.count == 4096 { try embed() }
            }
            if !block.isEmpty { try embed() }
        }
        self.digests = digests
    }

    /// Embeddings that are made elsewhere, each of another text.
    ///
    /// - Parameter rows: appends whole rows of any length.
    public init(
        count: Int, width: Int, to output: UserFeatureFiles,
        rows: (_ append: @escaping ([Float]) throws -> Void) throws -> Void
    ) throws {
        vectors = try Self.write(count: count, width: width, to: output, rows)
        digests = (0..<UInt64(count)).map { $0 }
    }

    private static func write(
        count: Int, width: Int, to output: UserFeatureFiles,
        _ rows: (_ append: @escaping ([Float]) throws -> Void) throws -> Void
    ) throws -> UnitVectors {
        let file = output.embeddings
        try SafetensorsFile.write(tensor, shape: [count, width], to: file) { append in
            try rows { try append(UnitVectors.normalized($0, width: width)) }
        }
        let (elements, owner) = try SafetensorsFile(file).mappedElements(tensor)
        return try UnitVectors(borrowing: elements, width: width, owner: owner)
    }

    /// The embeddings of a finished step, in the order of the users.
    public static func read(_ files: UserFeatureFiles) throws -> UnitVectors {
        let file = try SafetensorsFile(files.embeddings)
        guard let shape = file.entries[tensor]?.shape, shape.count == 2 else {
            throw RunError.file(
                path: files.embeddings.path, message: "has no '\(tensor)' of two axes; make the step again")
        }
        let (elements, owner) = try file.mappedElements(tensor)
        return try UnitVectors(borrowing: elements, width: shape[1], owner: owner)
    }

    /// FNV-1a of the text's UTF-8.
    private static func digest(_ text: String) -> UInt64 {
        text.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    }
}
