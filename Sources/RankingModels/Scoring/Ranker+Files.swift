public import Foundation
import ModelFiles
public import Pipeline
import Torch
import TorchNN

/// A saved ranker as its files say.
struct SavedRanker {
    /// What is saved beside the vocabulary and the weights.
    struct Description: Codable {
        let network: ESMM.Shape
        let samplingRate: Double
        let codebook: String
        /// Behaviours of similar users lie before this time, in seconds since 1970; absent without them.
        let cutoff: Int64?
        /// Absent in files without one.
        let calibration: RankerCalibration?
        /// Absent where all columns are categories.
        let schema: FeatureConfiguration?
        /// Columns of the context, in order; absent where there are none.
        let context: [String]?
    }

    enum File {
        static let description = "config.json"
        static let vocabulary = "vocabulary.json"
        static let weights = "ranker.safetensors"
    }

    let description: Description
    let vocabulary: FeatureVocabulary
    let fields: FeatureFields
    let network: ESMM

    /// Reads what `Ranker.write` wrote.
    ///
    /// - Parameter context: columns of the impressions' context.
    /// - Throws: an error that names the file, and the key in it, of what is missing or does not fit.
    init(_ folder: URL, context found: [String]) throws {
        description = try Self.description(folder)
        vocabulary = try AtomicFile.read(
            FeatureVocabulary.self, json: folder.appending(path: File.vocabulary))
        func fail(_ file: String, _ key: String, _ message: String) -> RankingModelError {
            .file(path: folder.appending(path: file).path, key: key, message: message)
        }
        guard description.samplingRate > 0, description.samplingRate <= 1 else {
            throw fail(
                File.description, "samplingRate", "is \(description.samplingRate); expected 0 < rate ≤ 1")
        }
        let shape = description.network
        guard shape.isPlausible else {
            throw fail(File.description, "network", "has a size that no network has; train the ranker again")
        }
        let context = description.context ?? []
        guard context == found else {
            throw fail(
                File.description, "context",
                "is \(context); the impressions have \(found), expected the same columns")
        }
        let names = vocabulary.fields.map(\.name)
        guard let fields = FeatureFields(names: names, context: context, description.schema ?? .init()) else {
            throw fail(File.vocabulary, "fields", "are not those of this version; train the ranker again")
        }
        self.fields = fields
        for (key, expected, found) in [
            ("rowCount", vocabulary.rowCount, shape.rowCount),
            ("fieldCount", fields.count, shape.fieldCount),
            ("listCount", fields.listNames.count, shape.listCount ?? 0),
        ] where expected != found {
            throw fail(File.description, key, "is \(found); \(File.vocabulary) has \(expected)")
        }
        let file = try SafetensorsFile(folder.appending(path: File.weights))
        network = try ESMM(shape, seed: 0)
        for (name, tensor) in network.parameters.named() {
            if let entry = file.entries[name], entry.shape != tensor.shape {
                throw fail(File.weights, name, "has shape \(entry.shape); expected \(tensor.shape)")
            }
        }
        try network.parameters.load(from: file)
    }

    static func description(_ folder: URL) throws -> Description {
        try AtomicFile.read(Description.self, json: folder.appending(path: File.description))
    }
}

extension Ranker {
    private typealias File = SavedRanker.File

    /// Writes `config.json`, `vocabulary.json` and `ranker.safetensors` into a folder; the same ranker gives
    /// the same bytes.
    public func write(to folder: URL) throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try AtomicFile.write(
            SavedRanker.Description(
                network: network.shape, samplingRate: correction.rate, codebook: enhanced.codebook,
                cutoff: enhanced.hasSequences ? enhanced.cutoff : nil,
                calibration: calibration == .none ? nil : calibration,
                schema: builder.fields.schema == .init() ? nil : builder.fields.schema,
                context: builder.fields.contextNames.isEmpty ? nil : builder.fields.contextNames),
            json: folder.appending(path: File.description))
        try AtomicFile.write(builder.vocabulary, json: folder.appending(path: File.vocabulary))
        try SafetensorsFile.write(network.parameters.named(), to: folder.appending(path: File.weights))
    }

    /// Reads an enhanced ranker with the features of the users it ranks for.
    ///
    /// - Parameter features: of every snapshot, with codes of the ranker's code book.
    /// - Throws: as the other initializer.
    public convenience init(_ folder: URL, _ data: RankingData, features: [FeatureSnapshot]) throws {
        let description = try SavedRanker.description(folder)
        let shape = description.network
        try self.init(
            folder, data,
            enhanced: EnhancedFeatures(
                features, data, before: description.cutoff ?? .min,
                codeCount: shape.codesPerUser > 0 ? shape.codeCount : nil,
                sequenceLength: shape.similarLength > 0 ? shape.similarLength : nil,
                hasCrosses: shape.crossesSimilarUsers, hasTexts: shape.crossesText,
                crossesCodes: shape.crossesCodes == true))
    }

    /// Reads what `write` wrote; a ranker with enhanced features needs them again.
    ///
    /// - Parameter data: users and items are found by the source's ids, so they may be others than those of
    ///   training, or in another order.
    /// - Throws: an error that names the file, and the key in it, of what is missing or does not fit.
    public convenience init(_ folder: URL, _ data: RankingData, enhanced: EnhancedFeatures = .none) throws {
        let codebook = try SavedRanker.description(folder).codebook
        guard codebook == enhanced.codebook else {
            throw RankingModelError.codebook(expected: codebook, found: enhanced.codebook)
        }
        let saved = try SavedRanker(folder, context: data.context.map(\.name))
        try self.init(
            saved.network, FeatureBuilder(data, vocabulary: saved.vocabulary, fields: saved.fields),
            correction: SamplingCorrection(rate: saved.description.samplingRate), enhanced: enhanced)
        calibration = saved.description.calibration ?? .none
    }
}

extension ESMM.Shape {
    /// Whether candidates are crossed with what similar users bought.
    fileprivate var crossesSimilarUsers: Bool { (crossCount ?? 0) >= SimilarCrosses.count }
    /// Whether they are crossed with what was written about the user.
    fileprivate var crossesText: Bool {
        (crossCount ?? 0) - (crossesSimilarUsers ? SimilarCrosses.count : 0) == TextCrosses.count
    }

    /// Whether all sizes can be.
    fileprivate var isPlausible: Bool {
        ([width, rowCount, fieldCount, network.attentionWidth, network.experts, network.expertWidth]
            + network.towerWidths).allSatisfy { $0 > 0 }
            && network.crossLayers >= 0
            && [historyLength, codesPerUser, codeCount, similarLength, listCount ?? 0, crossCount ?? 0]
                .allSatisfy { $0 >= 0 }
            && historyLength > 0
    }
}
