import TestSupport
import Testing
import Torch

@Suite struct DecoderKernelTests {
    @Test("RMSNorm has the values and gradients of its composition", arguments: [1, 16, 37, 576])
    func rmsNormMatchesItsComposition(width: Int) throws {
        var draw = Draw(seed: width)
        let (x, weight) = (try draw.tensor(9, width), try draw.tensor(width))
        let found = try distance([x, weight], seed: width) {
            try x.rmsNorm(weight: weight, epsilon: 1e-5)
        } composed: {
            let mean = try (x * x).sum(axis: 1, keepsAxis: true) * (1 / Double(width))
            return try x / (mean + 1e-5).squareRoot() * weight
        }
        #expect(found < kernelTolerance * 10)
    }

    @Test("the gate has the values and gradients of its composition", arguments: [1, 16, 50])
    func gateMatchesItsComposition(width: Int) throws {
        var draw = Draw(seed: width)
        let gate = try draw.tensor(7, width, in: -20...20)
        let (up, weight) = (try draw.tensor(7, width), try draw.tensor(5, width))
        let alone = try distance([gate, up], seed: 1) {
            try Tensor.gated(gate, up)
        } composed: {
            try gate.silu() * up
        }
        let projected = try distance([gate, up, weight], seed: 2) {
            try Tensor.gatedLinear(gate: gate, up: up, weight: weight)
        } composed: {
            try (gate.silu() * up).linear(weight)
        }
        #expect(max(alone, projected) < kernelTolerance * 20)
    }

    @Test("a rotation has the values and gradient of its composition", arguments: [2, 8, 64])
    func rotationMatchesItsComposition(width: Int) throws {
        var draw = Draw(seed: width)
        let x = try draw.tensor(5, 3, width)
        let (cosine, sine) = (
            try draw.tensor(5, width / 2).detached(), try draw.tensor(5, width / 2).detached()
        )
        let found = try distance([x], seed: 3) {
            try x.rotated(cosine: cosine, sine: sine)
        } composed: {
            let (a, b) = (try x.slice(2, 0..<width / 2), try x.slice(2, width / 2..<width))
            let (c, s) = (try cosine.reshaped(5, 1, -1), try sine.reshaped(5, 1, -1))
            return try Tensor.concatenated([a * c - b * s, b * c + a * s], axis: 2)
        }
        #expect(found < kernelTolerance)
    }

    @Test("normed projections have the values and gradients of their composition", arguments: [3, 100])
    func normedProjectionsMatchTheirComposition(rows: Int) throws {
        var draw = Draw(seed: rows)
        let (x, norm) = (try draw.tensor(rows, 40), try draw.tensor(40))
        let weights = [try draw.tensor(24, 40), try draw.tensor(7, 40)]
        let bias = try draw.tensor(24)
        let found = try distance([x, norm, bias] + weights, seed: 4) {
            let parts = try x.linears(weights, biases: [bias, nil], norm: norm, epsilon: 1e-6)
            return try Tensor.concatenated(parts, axis: 1)
        } composed: {
            let normed = try x.rmsNorm(weight: norm, epsilon: 1e-6)
            let parts = [try normed.linear(weights[0], bias: bias), try normed.linear(weights[1])]
            return try Tensor.concatenated(parts, axis: 1)
        }
        #expect(found < kernelTolerance * 10)
    }

    @Test(
        "a row's projection is bitwise equal with 1 to 64 rows", arguments: [ElementType.float32, .bfloat16])
    func projectionIgnoresTheRowCount(type: ElementType) throws {
        var draw = Draw(seed: 6)
        let x = try draw.tensor(64, 83).detached()
        let weight = try draw.tensor(130, 83).detached().to(type)
        let bias = try draw.tensor(130).detached()
        let all = try numbers(x.linears([weight], biases: [bias])[0])
        let expected = try numbers(x.linear(weight.to(.float32), bias: bias))
        #expect(difference(all, expected) < kernelTolerance)
        for rows in [1, 2, 3, 4, 5, 7, 17, 31, 63] {
            let some = try numbers(x.slice(0, 0..<rows).linears([weight], biases: [bias])[0])
            #expect(some == Array(all[..<(rows * 130)]), "\(rows) rows")
        }
    }

    @Test("products in bfloat16 are close, and their gradients are float32")
    func bfloat16ProductsAreClose() throws {
        var draw = Draw(seed: 7)
        let (x, weight) = (try draw.tensor(90, 32), try draw.tensor(8, 32))
        let output = try x.linears([weight], biases: [nil], productType: .bfloat16)[0]
        // bfloat16 has 8 bits: each factor is off by at most 2⁻⁹, a sum of 32 products of numbers below 1 by
        // far less than 32 · 2⁻⁸.
        let error = difference(try numbers(output), try numbers(x.linear(weight)))
        #expect(error > 0 && error < 0.125)
        try output.sum().backward()
        let gradient = try #require(try weight.gradient)
        #expect(try gradient.elementType == .float32)
        let sum = try x.detached().sum(axis: 0, keepsAxis: true) * Tensor.full([8, 1], 1)  // [8, 32]
        #expect(difference(try numbers(gradient), try numbers(sum)) < 0.5)
    }
}
