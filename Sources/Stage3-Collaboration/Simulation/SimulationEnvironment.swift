public import Foundation
import Pipeline
import Torch

/// The offline simulation environment (§2.3.2): what the baseline ranker predicts for sampled pairs of user
/// and item, so that training asks no ranker.
public struct SimulationEnvironment: Sendable {
    /// CTCVR of Eq. (4) for every prompt sample and catalogue entry, row-major, `[samples, entries]`.
    public let scores: [Float]
    /// The same, scaled to 0…1 within each sample by min–max.
    public let rewards: [Float]
    /// Embeddings of the catalogue's titles.
    public let catalogue: CatalogueEmbeddings
    private let places: [String: Int]

    /// - Parameters:
    ///   - samples: ids of the prompt samples, in the order of the rows.
    ///   - scores: `[samples, entries]`.
    public init(samples: [String], scores: [Float], catalogue: CatalogueEmbeddings) {
        precondition(scores.count == samples.count * catalogue.count, "\(scores.count) scores")
        self.scores = scores
        self.catalogue = catalogue
        rewards = samples.indices.flatMap { row in
            let range = row * catalogue.count..<(row + 1) * catalogue.count
            return CollaborativeReward.normalized(scores[range].map(Double.init)).map(Float.init)
        }
        places = Dictionary(uniqueKeysWithValues: zip(samples, samples.indices))
    }

    /// Least and largest score of each sample, which its rewards are scaled by.
    public var ranges: [String: [Double]] {
        places.mapValues { row in
            let scores = scores[row * catalogue.count..<(row + 1) * catalogue.count]
            return [scores.min(), scores.max()].compactMap { $0.map(Double.init) }
        }
    }

    /// r_id of a sample's user for a catalogue entry, 0…1.
    ///
    /// - Throws: `RunError.file` for a sample that was not simulated.
    public func reward(sample: String, entry: Int) throws -> Double {
        guard let row = places[sample] else {
            throw RunError.file(
                path: "3-collaborate/simulation", message: "has no scores for sample '\(sample)'")
        }
        return Double(rewards[row * catalogue.count + entry])
    }

    /// Reads what `write` wrote.
    public init(_ folder: URL) throws {
        let file = try SafetensorsFile(folder.appending(path: SimulationFiles.tensors))
        let embeddings = try file.tensor("catalogue")
        self.init(
            samples: try AtomicFile.read(
                [String].self, json: folder.appending(path: SimulationFiles.samples)),
            scores: try file.tensor("scores").elements(),
            catalogue: CatalogueEmbeddings(values: try embeddings.elements(), width: try embeddings.shape2.1))
    }

    /// Writes the scores and the catalogue's embeddings.
    public func write(samples: [String], to folder: URL) throws {
        let tensors = [
            ("scores", try Tensor.from(scores, shape: [samples.count, catalogue.count])),
            ("catalogue", try Tensor.from(catalogue.values, shape: [catalogue.count, catalogue.width])),
        ]
        try SafetensorsFile.write(
            tensors.map { (name: $0.0, tensor: $0.1) }, to: folder.appending(path: SimulationFiles.tensors))
        try AtomicFile.write(samples, json: folder.appending(path: SimulationFiles.samples))
    }
}
