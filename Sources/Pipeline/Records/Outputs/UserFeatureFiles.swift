public import Foundation

/// Embeddings, code book, codes and similar users of all users, §2.4.
public struct UserFeatureFiles: StepOutput {
    /// The folder.
    public let folder: URL

    /// The features in a step's folder.
    public init(folder: URL) { self.folder = folder }

    /// One record per user, in the order of the users.
    public var features: JSONLinesFile<UserFeature> { .init(folder, "features.jsonl") }
    /// What the codes lose.
    public var report: JSONFile<UserFeatureReport> { .init(folder, "report.json") }
    /// The quantizer, as bytes that `VectorSearch` reads.
    public var codebook: URL { folder.appending(path: "codebook.pq") }
    /// Safetensors: `embeddings` `[users, D]` of unit length.
    public var embeddings: URL { folder.appending(path: "embeddings.safetensors") }
    /// The features by the logs' own ids, for anyone's ranker.
    public var parquet: URL { folder.appending(path: "features.parquet") }

    /// The files of a later snapshot, the same but for the code book, which is the first one's.
    ///
    /// - Parameter index: counted from 0, which are the files of this folder.
    public func snapshot(_ index: Int) -> UserFeatureFiles {
        index == 0
            ? self : UserFeatureFiles(folder: folder.appending(path: "snapshots").appending(path: "\(index)"))
    }

    /// The features of all snapshots, by time.
    ///
    /// - Throws: `RunError.file` naming the file that cannot be read.
    public func snapshots() throws -> [FeatureSnapshot] {
        var found = [FeatureSnapshot(time: try report.read().time, features: try features.read())]
        while FileManager.default.fileExists(atPath: snapshot(found.count).report.url.path) {
            let files = snapshot(found.count)
            found.append(
                FeatureSnapshot(time: try files.report.read().time, features: try files.features.read()))
        }
        return found
    }

    /// The newest snapshot that saw nothing at or after a time; the first, where all did.
    public func newestSnapshot(before time: Int64) throws -> (index: Int, snapshot: FeatureSnapshot) {
        let all = try snapshots()
        let index = all.lastIndex { ($0.time ?? .min) <= time } ?? 0
        return (index, all[index])
    }
}

/// Features that cost no training, and ceilings that know the future: what the reasoning is compared with.
public struct PlaceboFeatureFiles: StepOutput {
    /// The folder.
    public let folder: URL

    /// The features in a step's folder.
    public init(folder: URL) { self.folder = folder }

    /// Of the base model's output: what reasoning is worth without the training.
    public var baseModel: UserFeatureFiles { .init(folder: folder.appending(path: "base-model")) }
    /// Of the titles of the user's history: what an embedding is worth without any reasoning.
    public var history: UserFeatureFiles { .init(folder: folder.appending(path: "history")) }
    /// Of purchase vectors: what similar users are worth without any language model.
    public var purchases: UserFeatureFiles { .init(folder: folder.appending(path: "purchases")) }
    /// Of the purchases that follow a snapshot, a ceiling.
    public var nextPurchases: UserFeatureFiles { .init(folder: folder.appending(path: "next-purchases")) }
    /// Of the titles of the visit that follows a snapshot, a ceiling.
    public var nextVisit: UserFeatureFiles { .init(folder: folder.appending(path: "next-visit")) }
}
