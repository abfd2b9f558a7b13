import Foundation
import Pipeline
import TestSupport
import Testing
import Torch
import TorchNN

@testable import RankingModels

@Suite("ESMM network") struct ESMMTests {
    private static let rows = [
        SmallWorld.row(user: 0, item: 3, time: 0), SmallWorld.row(user: 1, item: 4, time: 60),
        SmallWorld.row(user: 2, item: 5, time: 300), SmallWorld.row(user: 1, item: 4, time: 20),
    ]

    /// A network with all feature groups, and a batch whose first row has no history.
    private func networkAndBatch(seed: UInt64 = 5) throws -> (ESMM, RankingBatch) {
        let fields = try FeatureFields(SmallWorld.data)
        let vocabulary = try FeatureVocabulary.counted(
            SmallWorld.data, Self.rows, fields: fields, historyLength: 4, minimumCount: 1)
        var configuration = NetworkConfiguration()
        configuration.embeddingWidth = 2
        configuration.towerWidths = [3]
        let shape = ESMM.Shape(
            rowCount: vocabulary.rowCount, fieldCount: fields.count, network: configuration,
            historyLength: 4, codesPerUser: 2, codeCount: 3, similarLength: 7)
        let network = try ESMM(shape, seed: seed, type: .float64)
        let builder = FeatureBuilder(SmallWorld.data, vocabulary: vocabulary, fields: fields)
        return (
            network,
            try RankingBatch(
                BatchRows(builder.table(Self.rows), [0, 1, 2, 3], builder, SmallWorld.enhanced, shape))
        )
    }

    private func loss(_ network: ESMM, _ batch: RankingBatch) throws -> Tensor {
        let (click, conversion) = try network(batch, rows: network.embedding)
        return try esmmLoss(
            clickLogits: click, conversionLogits: conversion, clicks: .from([1.0, 1, 0, 0], shape: [4]),
            conversions: .from([1.0, 0, 0, 0], shape: [4]))
    }

    @Test("gradient of every tensor equals central differences")
    func gradientOfEveryTensorEqualsCentralDifferences() throws {
        let (network, batch) = try networkAndBatch()
        // Far from the bends of relu, and away from the small initial embeddings.
        try withoutGrad { for tensor in network.parameters.tensors { try tensor.scale(by: 3) } }
        try network.parameters.setTrainable(true)
        try loss(network, batch).backward()
        let gradients = try network.parameters.takeGradients()
        try network.parameters.setTrainable(false)
        for ((name, tensor), gradient) in zip(network.parameters.named(), gradients) {
            let point: [Double] = try tensor.elements()
            let numeric = try centralDifferences(at: point) { moved in
                try tensor.copy(from: .from(moved, shape: tensor.shape))
                return try loss(network, batch).item()
            }
            try tensor.copy(from: .from(point, shape: tensor.shape))
            let found: [Double] = try gradient.elements()
            #expect(difference(found, numeric) < Tolerance.centralDifference, "\(name)")
            #expect(found.contains { $0 != 0 }, "\(name) has no influence")
        }
    }

    @Test("every feature group moves the prediction") func everyFeatureGroupMovesThePrediction() throws {
        let (network, batch) = try networkAndBatch()
        func conversions() throws -> [Double] {
            try network(batch, rows: network.embedding).conversion.elements()
        }
        let before = try conversions()
        for (group, tensor) in [
            ("fields", batch.fields), ("history", batch.history.rows), ("codes", batch.codes),
            ("similar", batch.similar?.rows),
        ] {
            let rows = try #require(tensor)
            let kept = try rows.clone()
            try rows.copy(from: Tensor.zeros(rows.shape, type: .int32))
            #expect(try conversions() != before, "\(group)")
            try rows.copy(from: kept)
        }
        #expect(try conversions() == before)
    }

    @Test("same seed gives the same weights") func sameSeedGivesTheSameWeights() throws {
        func weights(_ seed: UInt64) throws -> [[Double]] {
            try networkAndBatch(seed: seed).0.parameters.tensors.map { try $0.elements() }
        }
        #expect(try weights(1) == weights(1))
        #expect(try weights(1) != weights(2))
    }

    @Test("the loss is exact where a probability rounds to one")
    func lossIsExactNearOne() throws {
        func loss(_ a: Double, _ b: Double, converts: Double) throws -> Double {
            try esmmLoss(
                clickLogits: .from([a], shape: [1]), conversionLogits: .from([b], shape: [1]),
                clicks: .from([1.0], shape: [1]), conversions: .from([converts], shape: [1])
            ).item()
        }
        // 1 − σ(60)² = 2e⁻⁶⁰, which 1 − p would round to 0; and σ(−60)² = e⁻¹²⁰.
        let found = [try loss(60, 60, converts: 0), try loss(-60, -60, converts: 1)]
        #expect(difference(found, [60 - log(2.0), 180]) < Tolerance.float64)
    }
}
