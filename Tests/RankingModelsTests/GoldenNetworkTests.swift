import Pipeline
import TestSupport
import Testing
import Torch
import TorchNN

@testable import RankingModels

@Suite("ESMM network against its reference") struct GoldenNetworkTests {
    private struct Batch: Decodable {
        var fields: [[Int32]]
        var history: [[[Int32]]]
        var historyCounts: [Int]
        var codes: [[Int32]]
        var similar: [[[Int32]]]
        var similarCounts: [Int]
        var clicks: [Double]
        var conversions: [Double]
    }

    private struct Weight: Decodable {
        var shape: [Int]
        var values: [Double]
    }

    private struct Inputs: Decodable {
        var pooling: NetworkConfiguration.Pooling
        var towers: NetworkConfiguration.Towers
        var crossLayers: Int
        var batch: Batch
        var weights: [String: Weight]
    }

    private struct Expected: Decodable {
        var click: [Double]
        var conversion: [Double]
        var loss: Double
        var gradients: [String: [Double]]
    }

    private func sequence(_ rows: [[[Int32]]], _ counts: [Int]) throws -> SequenceBatch {
        let (count, length) = (rows.count, rows[0].count)
        let mask = counts.flatMap { present in (0..<length).map { $0 < present ? Float(1) : 0 } }
        return SequenceBatch(
            rows: try Tensor.from(rows.joined().flatMap { $0 }, shape: [count, length, rows[0][0].count]),
            mask: try Tensor.from(mask, shape: [count, length]),
            isPresent: try Tensor.from(counts.map { $0 > 0 ? Float(1) : 0 }, shape: [count, 1]))
    }

    private func network(_ inputs: Inputs) throws -> ESMM {
        var configuration = NetworkConfiguration()
        configuration.embeddingWidth = 2
        configuration.towerWidths = [3]
        configuration.pooling = inputs.pooling
        configuration.attentionWidth = 4
        configuration.crossLayers = inputs.crossLayers
        configuration.towers = inputs.towers
        configuration.experts = 2
        configuration.expertWidth = 3
        let network = try ESMM(
            ESMM.Shape(
                rowCount: 9, fieldCount: 5, network: configuration, historyLength: 3, codesPerUser: 2,
                codeCount: 3, similarLength: 4), seed: 1, type: .float64)
        #expect(Set(network.parameters.names) == Set(inputs.weights.keys))
        for (name, tensor) in network.parameters.named() {
            let weight = try #require(inputs.weights[name])
            #expect(tensor.shape == weight.shape, "\(name)")
            try tensor.copy(from: .from(weight.values, shape: weight.shape))
        }
        return network
    }

    @Test("logits, loss and every gradient match the reference, for every pooling, tower and cross network")
    func networkMatchesReference() throws {
        for example in try Golden.cases("ranking", Inputs.self, Expected.self) {
            let inputs = example.inputs
            let network = try network(inputs)
            let batch = RankingBatch(
                count: inputs.batch.clicks.count,
                fields: try Tensor.from(
                    inputs.batch.fields.flatMap { $0 },
                    shape: [inputs.batch.fields.count, inputs.batch.fields[0].count]),
                history: try sequence(inputs.batch.history, inputs.batch.historyCounts),
                codes: try Tensor.from(
                    inputs.batch.codes.flatMap { $0 },
                    shape: [inputs.batch.codes.count, inputs.batch.codes[0].count]),
                similar: try sequence(inputs.batch.similar, inputs.batch.similarCounts), lists: nil)
            try network.parameters.setTrainable(true)
            let logits = try network(batch, rows: network.embedding)
            let loss = try esmmLoss(
                clickLogits: logits.click, conversionLogits: logits.conversion,
                clicks: .from(inputs.batch.clicks, shape: [inputs.batch.clicks.count]),
                conversions: .from(inputs.batch.conversions, shape: [inputs.batch.conversions.count]))
            try loss.backward()
            let gradients = try network.parameters.takeGradients()
            try network.parameters.setTrainable(false)
            let clicks: [Double] = try logits.click.detached().elements()
            let conversions: [Double] = try logits.conversion.detached().elements()
            #expect(difference(clicks, example.expected.click) < 1e-9, "\(example.name)")
            #expect(difference(conversions, example.expected.conversion) < 1e-9, "\(example.name)")
            #expect(abs(try loss.detached().item() - example.expected.loss) < 1e-9, "\(example.name)")
            for (name, gradient) in zip(network.parameters.names, gradients) {
                let found: [Double] = try gradient.elements()
                let expected = try #require(example.expected.gradients[name])
                #expect(difference(found, expected) < 1e-9, "\(example.name): \(name)")
            }
        }
    }

    @Test("dropout keeps the mean, is reproducible by seed, and is off when scoring")
    func dropoutKeepsTheMean() throws {
        let ones = try Tensor.full([400, 50], 1)
        func dropped(_ seed: UInt64) throws -> [Float] {
            try Dropout(rate: 0.25, seed: seed)(ones).elements()
        }
        let found = try dropped(3)
        #expect(Set(found) == [0, 1 / 0.75])
        #expect(abs(found.reduce(0, +) / Float(found.count) - 1) < 0.02)
        #expect(try dropped(3) == found && dropped(4) != found)
        let trainer = SmallWorld.trainer(epochs: 1) { $0.network.dropout = 0.5 }
        let ranker = try trainer.train(SmallWorld.impressions(), title: "test", progress: RunProgress())
        let rows = SmallWorld.impressions().map(RankingRow.init)
        let (first, second) = (try ranker.scores(rows), try ranker.scores(rows))
        #expect(first == second)
    }
}

@Suite("DIN's activation unit") struct ActivationUnitTests {
    /// Nine inputs of the unit, float32 and float64, with sequences of 0 to L behaviours and a hole in one.
    private func inputs(batch: Int, length: Int, width: Int, hidden: Int, seed: Int) throws -> [[Tensor]] {
        var random = TestRandom(seed: seed)
        let shapes = [
            [batch, width], [batch, length, width], [batch, length], [batch, hidden], [width, hidden],
            [width, hidden], [hidden], [1, hidden], [1],
        ]
        return try shapes.enumerated().map { place, shape in
            var values = random.values(shape.reduce(1, *)).map { Double(Float($0)) }
            if place == 2 {
                values = values.indices.map { $0 % length < ($0 / length) % (length + 1) ? 1 : 0 }
                values[(batch - 1) * length] = 0
            }
            return [
                try Tensor.from(values.map(Float.init), shape: shape), try Tensor.from(values, shape: shape),
            ]
        }
    }

    private func unit(_ inputs: [Tensor]) throws -> Tensor {
        try Tensor.activationUnit(
            queries: inputs[0], sequences: inputs[1], mask: inputs[2], offsets: inputs[3],
            behavior: inputs[4],
            product: inputs[5], slope: inputs[6], output: inputs[7], bias: inputs[8])
    }

    @Test(
        "the kernel and all its gradients match libtorch in float64, at any width",
        arguments: [(5, 4, 6, 3), (130, 7, 48, 36), (66, 50, 16, 16), (3, 1, 33, 17)])
    func kernelMatchesLibtorch(batch: Int, length: Int, width: Int, hidden: Int) throws {
        let inputs = try inputs(batch: batch, length: length, width: width, hidden: hidden, seed: batch)
        let weights = TestRandom(seed: 9)
        var results: [[[Double]]] = []
        for type in 0..<2 {
            let own = inputs.map { $0[type] }
            for (place, tensor) in own.enumerated() where place != 2 { try tensor.setRequiresGrad(true) }
            let pooled = try unit(own)
            var random = weights
            let factors = try Tensor.from(random.values(batch * width), shape: [batch, width])
            try (pooled * factors.to(pooled.elementType)).sum().backward()
            let values: [Double] = try pooled.detached().to(.float64).elements()
            let gradients = try own.indices.filter { $0 != 2 }.map { place -> [Double] in
                try #require(try own[place].gradient).to(.float64).elements()
            }
            results.append([values] + gradients)
        }
        for (place, (found, expected)) in zip(results[0], results[1]).enumerated() {
            let scale = expected.map(abs).max() ?? 1
            #expect(difference(found, expected) < 2e-5 * max(1, scale), "result \(place)")
            #expect(found.contains { $0 != 0 }, "result \(place)")
        }
    }

    @Test("results are bitwise equal on one thread and on two") func bitsIgnoreTheThreadCount() throws {
        let before = TorchRuntime.threadCount
        defer { try? TorchRuntime.setThreadCount(before) }
        let inputs = try inputs(batch: 300, length: 9, width: 12, hidden: 20, seed: 2).map { $0[0] }
        var results: [[Float]] = []
        for threads in 1...2 {
            try TorchRuntime.setThreadCount(threads)
            try inputs[4].setGradient(nil)
            try inputs[4].setRequiresGrad(true)
            try unit(inputs).sum().backward()
            results.append(try #require(try inputs[4].gradient).elements())
        }
        #expect(results[0] == results[1])
    }

    @Test("refuses shapes that do not fit") func refusesShapesThatDoNotFit() throws {
        var inputs = try inputs(batch: 4, length: 3, width: 6, hidden: 5, seed: 1).map { $0[0] }
        inputs[5] = try Tensor.zeros([6, 4])
        #expect(throws: TorchError.self) { try unit(inputs) }
    }
}
