import Collaboration
import TestSupport
import Testing
import Torch
import TorchNN

@Suite("Eq. (6), gradient alignment") struct GradientAlignmentTests {
    private struct Inputs: Decodable, Sendable { let gradients: [[[Double]]] }
    private struct Expected: Decodable, Sendable {
        let alignment: [Double]
        let norms: [Double]
        let gram: [[Double]]
    }

    private func alignment(_ gradients: [[[Double]]], type: ElementType = .float64) throws
        -> GradientAlignment
    {
        try GradientAlignment(
            gradients.map { try accumulated($0.map { try Tensor.from($0, shape: [$0.count]).to(type) }) })
    }

    @Test("gradients (1, 2) and (3, −1) have inner products 5, 1 and 10") func productsWorkedByHand()
        throws
    {
        let found = try alignment([[[1, 2]], [[3, -1]]])
        #expect(found.products == [[5, 1], [1, 10]])
        #expect(found.alignment == [6, 11])
        #expect(difference(found.norms, [5, 10].map { (x: Double) in x.squareRoot() }) < 1e-15)
    }

    @Test("alignments, norms and inner products match the reference")
    func alignmentMatchesReference() throws {
        let cases = try Golden.cases("eq06", Inputs.self, Expected.self)
        #expect(cases.count >= 9)
        for example in cases {
            for (type, tolerance) in [
                (ElementType.float64, Tolerance.float64), (.float32, Tolerance.float32),
            ] {
                let found = try alignment(example.inputs.gradients, type: type)
                let expected = example.expected
                #expect(
                    difference(found.alignment, expected.alignment) < tolerance, "\(example.name) \(type)")
                #expect(difference(found.norms, expected.norms) < tolerance, "\(example.name) \(type)")
                let products = found.products.flatMap { $0 }
                #expect(
                    difference(products, expected.gram.flatMap { $0 }) < tolerance, "\(example.name) \(type)")
            }
        }
    }

    @Test("with two rewards the alignments differ by the squared norms alone", arguments: 0..<20)
    func twoAlignmentsDifferBySquaredNorms(seed: Int) throws {
        var random = TestRandom(seed: seed)
        let gradients = (0..<2).map { _ in [random.values(7), random.values(3)] }
        let found = try alignment(gradients)
        let squares = found.norms.map { $0 * $0 }
        #expect(
            difference(found.alignment[0] - found.alignment[1], squares[0] - squares[1]) < 1e-12,
            "seed \(seed)")
        // Turning one gradient around changes the cross term and not the difference.
        let turned = try alignment([gradients[0], gradients[1].map { $0.map { -$0 } }])
        #expect(
            difference(turned.alignment[0] - turned.alignment[1], squares[0] - squares[1]) < 1e-12,
            "seed \(seed)")
        #expect(difference(turned.products[0][1], -found.products[0][1]) < 1e-12, "seed \(seed)")
    }

    @Test("the alignments sum to the squared norm of the summed gradient", arguments: 0..<20)
    func alignmentsSumToSquaredNorm(seed: Int) throws {
        var random = TestRandom(seed: seed)
        let gradients = (0..<4).map { _ in [random.values(5), random.values(2)] }
        let sum = (0..<2).map { tensor in
            gradients[0][tensor].indices.map { i in gradients.reduce(0) { $0 + $1[tensor][i] } }
        }
        let square = sum.joined().reduce(0) { $0 + $1 * $1 }
        #expect(
            difference(try alignment(gradients).alignment.reduce(0, +), square) < 1e-12, "seed \(seed)")
    }

    @Test(
        "a reward's alignment is the rate at which the summed loss falls along its gradient", arguments: 0..<5
    )
    func alignmentIsTheRateOfDescent(seed: Int)
        throws
    {
        var random = TestRandom(seed: seed)
        let point = random.values(6)
        let curvatures = (0..<3).map { _ in random.values(6, in: 0.5...2) }
        func loss(_ reward: Int, _ x: [Double]) -> Double {
            zip(curvatures[reward], x).reduce(0) { $0 + $1.0 * $1.1 * $1.1 * $1.1 }
        }
        let gradients = try (0..<3).map { reward in
            let x = try Tensor.from(point, shape: [6])
            try x.setRequiresGrad(true)
            let c = try Tensor.from(curvatures[reward], shape: [6])
            try (x * x * x * c).sum().backward()
            return [try #require(try x.gradient)]
        }
        let found = try GradientAlignment(gradients.map { try accumulated($0) }).alignment
        for reward in 0..<3 {
            let direction: [Double] = try gradients[reward][0].elements()
            let slope = centralDifferences(at: [0]) { moved in
                let x = zip(point, direction).map { $0 + moved[0] * $1 }
                return (0..<3).reduce(0) { $0 + loss($1, x) }
            }
            #expect(
                difference([found[reward]], slope) < Tolerance.centralDifference,
                "reward \(reward), seed \(seed)")
        }
    }

    @Test("a named subset of the parameters has the inner products of that subset")
    func subsetHasItsInnerProducts() throws {
        func products(where wanted: ((String) -> Bool)?) throws -> [[Double]] {
            let gradients = try [[[1.0, 2], [5]], [[3, -1], [7]]].map { (tensors: [[Double]]) in
                try accumulated(tensors.map { try Tensor.from($0, shape: [$0.count]) }, where: wanted)
            }
            return try GradientAlignment(gradients).products
        }
        #expect(try products(where: nil) == [[30, 36], [36, 59]])
        #expect(try products { $0.contains("layer.0") } == [[5, 1], [1, 10]])
        #expect(try products { $0.contains("layer.1") } == [[25, 35], [35, 49]])
    }

    @Test("the mixture's norm and the cosines follow from the inner products", arguments: 0..<10)
    func normAndCosinesFollowFromProducts(seed: Int) throws {
        var random = TestRandom(seed: seed)
        let gradients = (0..<3).map { _ in [random.values(6)] }
        let weights = random.values(3, in: 0...1)
        let found = try alignment(gradients)
        let sum = (0..<6).map { i in (0..<3).reduce(0) { $0 + weights[$1] * gradients[$1][0][i] } }
        let norm = sum.reduce(0) { $0 + $1 * $1 }.squareRoot()
        #expect(difference(found.norm(ofMixture: weights), norm) < 1e-12, "seed \(seed)")
        for i in 0..<3 {
            #expect(difference(found.cosines[i][i], 1) < 1e-12)
            for k in 0..<3 {
                #expect(abs(found.cosines[i][k]) <= 1 + 1e-12 && found.cosines[i][k] == found.cosines[k][i])
            }
        }
    }
}

/// Gradients of parameters named layer.0, layer.1, … as backward passes leave them.
func accumulated(
    _ gradients: [Tensor], where wanted: ((String) -> Bool)? = nil
) throws -> GradientAccumulator {
    var parameters = Parameters()
    for (place, gradient) in gradients.enumerated() {
        parameters.append(
            "layer.\(place)", try Tensor.zeros(gradient.shape, type: gradient.elementType))
    }
    try parameters.setTrainable(true)
    var accumulator = GradientAccumulator(parameters, where: wanted)
    try accumulator.collect {
        for (tensor, gradient) in zip(parameters.tensors, gradients) { try tensor.backward(from: gradient) }
    }
    return accumulator
}
