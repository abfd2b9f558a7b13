public import Catalogue
import ModelFiles
public import Pipeline
import Torch

/// The offline simulation environment (§2.3.2): what the reward ranker predicts for sampled pairs of user
/// and item, so that training asks no ranker.
public struct SimulationEnvironment: Sendable {
    /// CTCVR of Eq. (4) for every prompt sample and catalogue entry, row-major, `[samples, entries]`.
    public let scores: [Float]
    /// The same, scaled to 0…1 within each sample.
    public let rewards: [Float]
    /// The catalogue's titles.
    public let titles: TitleIndex
    private let samples: [String]
    private let places: [String: Int]

    /// - Parameters:
    ///   - samples: ids of the prompt samples, in the order of the rows.
    ///   - scores: `[samples, entries]`.
    ///   - scale: how they become rewards.
    public init(samples: [String], scores: [Float], titles: TitleIndex, scale: RewardScale = .minMax) {
        precondition(scores.count == samples.count * titles.count, "\(scores.count) scores")
        self.scores = scores
        self.titles = titles
        self.samples = samples
        let rows = samples.indices.map { $0 * titles.count..<($0 + 1) * titles.count }
        var means = [Double](repeating: 0, count: titles.count)
        for row in rows {
            for (entry, score) in scores[row].enumerated() {
                means[entry] += Double(score) / Double(samples.count)
            }
        }
        rewards = rows.flatMap { row in
            CollaborativeReward.normalized(scores[row].map(Double.init), by: scale, means: means)
                .map(Float.init)
        }
        places = Dictionary(uniqueKeysWithValues: zip(samples, samples.indices))
    }

    /// Minimum and maximum score of each sample, which its rewards are scaled by.
    public var ranges: [String: [Double]] {
        places.mapValues { row in
            let scores = scores[row * titles.count..<(row + 1) * titles.count]
            return [scores.min(), scores.max()].compactMap { $0.map(Double.init) }
        }
    }

    /// r_id of a sample's user for a catalogue entry, 0…1.
    ///
    /// - Throws: `RunError.record` for a sample that was not simulated.
    public func reward(sample: String, entry: Int) throws -> Double {
        guard let row = places[sample] else {
            throw RunError.record(
                id: sample, message: "has no simulated scores; make the step '\(Steps.simulation.path)' again"
            )
        }
        return Double(rewards[row * titles.count + entry])
    }

    /// Reads what `write` wrote.
    public init(_ saved: SimulatedScores, _ titles: TitleIndex, scale: RewardScale) throws {
        self.init(
            samples: try saved.samples.read(),
            scores: try SafetensorsFile(saved.tensors).tensor("scores").elements(), titles: titles,
            scale: scale)
    }

    /// Writes the scores.
    public func write(to output: SimulatedScores) throws {
        try SafetensorsFile.write(
            [(name: "scores", tensor: Tensor.from(scores, shape: [samples.count, titles.count]))],
            to: output.tensors)
        try output.samples.write(samples)
    }
}
