import TestSupport
import Testing
import Torch
import TorchNN

/// AdamW as published (Loshchilov and Hutter, 2019, Algorithm 2), on plain numbers.
private struct PlainAdamW {
    var parameters: [Double]
    var first: [Double]
    var second: [Double]
    var steps = 0

    init(_ parameters: [Double]) {
        self.parameters = parameters
        first = parameters.map { _ in 0 }
        second = first
    }

    mutating func step(_ gradients: [Double], learningRate: Double, _ configuration: AdamWConfiguration) {
        steps += 1
        func power(_ base: Double) -> Double { (0..<steps).reduce(1) { product, _ in product * base } }
        for (i, gradient) in gradients.enumerated() {
            first[i] = configuration.beta1 * first[i] + (1 - configuration.beta1) * gradient
            second[i] = configuration.beta2 * second[i] + (1 - configuration.beta2) * gradient * gradient
            let mean = first[i] / (1 - power(configuration.beta1))
            let spread = (second[i] / (1 - power(configuration.beta2))).squareRoot()
            parameters[i] -= learningRate * configuration.weightDecay * parameters[i]
            parameters[i] -= learningRate * mean / (spread + configuration.epsilon)
        }
    }
}

@Suite struct AdamWTests {
    private func parameter(_ values: [Double], _ name: String = "x") throws -> Parameters {
        var parameters = Parameters()
        parameters.append(name, try Tensor.from(values, shape: [values.count]))
        return parameters
    }

    @Test("the first step moves every weight by the learning rate against its gradient")
    func firstStepIsTheLearningRate() throws {
        let parameters = try parameter([1, -2])
        try parameters.tensors[0].setGradient(Tensor.from([0.5, -0.25], shape: [2]))
        var configuration = AdamWConfiguration()
        configuration.epsilon = 0
        let norm = try AdamW(parameters, configuration: configuration).step(learningRate: 0.125)
        #expect(difference(norm, 0.3125.squareRoot()) < 1e-15)
        let moved: [Double] = try parameters.tensors[0].elements()
        #expect(difference(moved, [0.875, -1.875]) < 1e-15)
        #expect(try parameters.tensors[0].gradient == nil)
    }

    @Test("three steps over two tensors match the published algorithm")
    func threeStepsMatchTheAlgorithm() throws {
        var configuration = AdamWConfiguration()
        configuration.beta1 = 0.75
        configuration.beta2 = 0.9
        configuration.weightDecay = 0.1
        configuration.epsilon = 1e-3
        configuration.maximumGradientNorm = 0
        var parameters = try parameter([1, -2, 0.5], "first")
        parameters.append("second", try Tensor.from([0.25, 4], shape: [2, 1]))
        var plain = PlainAdamW([1, -2, 0.5, 0.25, 4])
        let optimizer = try AdamW(parameters, configuration: configuration)
        let gradients = [[1, 2, -3, 0.5, 0], [-0.5, 2, 1, 0, 4], [0.25, -8, 1, 1, 1]] as [[Double]]
        for (gradient, rate) in zip(gradients, [0.1, 0.2, 0.05]) {
            try parameters.tensors[0].setGradient(Tensor.from(Array(gradient[..<3]), shape: [3]))
            try parameters.tensors[1].setGradient(Tensor.from(Array(gradient[3...]), shape: [2, 1]))
            _ = try optimizer.step(learningRate: rate)
            plain.step(gradient, learningRate: rate, configuration)
            let found: [Double] = try parameters.tensors.flatMap { try $0.elements(Double.self) }
            #expect(difference(found, plain.parameters) < 1e-12, "step \(plain.steps)")
        }
    }

    @Test("a gradient above the limit is scaled down to it, and one below is unchanged")
    func largeGradientsAreClipped() throws {
        var configuration = AdamWConfiguration()
        configuration.epsilon = 1  // otherwise Adam's step does not depend on the gradient's size
        for (limit, scale) in [(1.0, 0.2), (5.0, 1.0), (10.0, 1.0), (0.0, 1.0)] {
            configuration.maximumGradientNorm = limit
            let parameters = try parameter([0, 0])
            try parameters.tensors[0].setGradient(Tensor.from([3.0, 4.0], shape: [2]))
            #expect(try AdamW(parameters, configuration: configuration).step(learningRate: 1) == 5)
            var plain = PlainAdamW([0, 0])
            plain.step([3 * scale, 4 * scale], learningRate: 1, configuration)
            let found: [Double] = try parameters.tensors[0].elements()
            #expect(difference(found, plain.parameters) < 1e-12, "limit \(limit)")
        }
    }

    @Test("a parameter that no backward pass reached gets a gradient of zero")
    func unreachedParameterHasZeroGradient() throws {
        let parameters = try parameter([1, 2])
        #expect(try AdamW(parameters, configuration: AdamWConfiguration()).step(learningRate: 0.1) == 0)
        #expect(try parameters.tensors[0].elements(Double.self) == [1, 2])
    }

    @Test("norms and inner products run over all tensors") func normsCoverAllTensors()
        throws
    {
        let a = [try Tensor.from([1.0, 2.0], shape: [2]), try Tensor.from([2.0, 4.0], shape: [2, 1])]
        let b = [try Tensor.from([3.0, -1.0], shape: [2]), try Tensor.from([0.5, 0.25], shape: [2, 1])]
        #expect(try globalNorm(of: a) == 5)
        #expect(try innerProduct(a, b) == 3)
        #expect(try globalNorm(of: []) == 0)
    }
}
