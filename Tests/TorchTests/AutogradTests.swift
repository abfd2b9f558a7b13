import TestSupport
import Testing
import Torch

@Suite struct AutogradTests {
    @Test("the gradient of a product is the other factor") func theGradientOfAProductIsTheOtherFactor() throws
    {
        let (x, y) = (try tensor([2, 3], 2), try tensor([5, 7], 2))
        #expect(try x.gradient == nil)
        try x.setRequiresGrad(true)
        try (x * y).sum().backward()
        try expect(try #require(try x.gradient), [5, 7], [2])
        #expect(try y.gradient == nil)
    }

    @Test("gradients add up until they are cleared") func gradientsAddUpUntilTheyAreCleared() throws {
        let x = try tensor([3], 1)
        try x.setRequiresGrad(true)
        let loss = try (x * x).sum()
        try loss.backward(retainsGraph: true)
        try loss.backward()
        try expect(try #require(try x.gradient), [12], [1])
        #expect(throws: TorchError.self, "the graph is gone after the second pass") { try loss.backward() }
        try x.setGradient(nil)
        #expect(try x.gradient == nil)
        try x.setGradient(tensor([4], 1))
        try expect(try #require(try x.gradient), [4], [1])
    }

    @Test("only a scalar has a backward pass") func onlyScalarsHaveABackwardPass() throws {
        let x = try tensor([1, 2], 2)
        try x.setRequiresGrad(true)
        let error = #expect(throws: TorchError.self) { try (x * 2).backward() }
        #expect("\(try #require(error))".contains("'backward' of [2]"))
    }

    @Test("withoutGrad records nothing and ends with its closure, also after an error")
    func withoutGradEndsWithItsClosure() throws {
        struct Stop: Error {}
        let x = try tensor([1], 1)
        try x.setRequiresGrad(true)
        #expect(try (x * 2).requiresGrad)
        #expect(try withoutGrad { try (x * 2).requiresGrad } == false)
        let nested = try withoutGrad { try [withoutGrad { try (x * 2).requiresGrad }, (x * 2).requiresGrad] }
        #expect(nested == [false, false])
        #expect(throws: Stop.self) { try withoutGrad { () throws -> Void in throw Stop() } }
        #expect(try (x * 2).requiresGrad)
        #expect(try (x * 2).detached().requiresGrad == false)
    }

    @Test("a parameter can be changed in place only without gradients")
    func inPlaceChangesNeedWithoutGrad() throws {
        let x = try tensor([1], 1)
        try x.setRequiresGrad(true)
        #expect(throws: TorchError.self) { try x.scale(by: 2) }
        try withoutGrad { try x.scale(by: 2) }
        #expect(try x.item() == 2)
    }

    /// A small network through most operations that the models use.
    private struct Network {
        static let names = ["embedding", "norm", "first", "bias", "second"]
        static let shapes = [[5, 4], [4], [6, 4], [6], [5, 6]]

        static func loss(_ values: [[Double]], isRecorded: Bool = false) throws -> (
            loss: Tensor, inputs: [Tensor]
        ) {
            let p = try zip(values, shapes).map { try Tensor.from($0, shape: $1) }
            if isRecorded { for tensor in p { try tensor.setRequiresGrad(true) } }
            let ids = try Tensor.from([0, 3, 3] as [Int64], shape: [3])
            let x = try p[0].embedding(ids).rmsNorm(weight: p[1], epsilon: 1e-6)  // [3, 4]
            let heads = try x.reshaped(1, 3, 2, 2).transposed(1, 2)
            let mixed = try Tensor.attention(queries: heads, keys: heads, values: heads, isCausal: true)
                .transposed(1, 2).reshaped(3, 4)
            let hidden = try (x + mixed).linear(p[2], bias: p[3])  // [3, 6]
            let logits = try (hidden.silu() * hidden.sigmoid() + hidden.gelu()).linear(p[4])  // [3, 5]
            let targets = try Tensor.from([3, 3, 1] as [Int64], shape: [3, 1])
            return (try -logits.logSoftmax(axis: -1).gathering(targets, axis: 1).sum(), p)
        }
    }

    @Test("gradients of a small network match central differences", arguments: 0..<5)
    func gradientsMatchCentralDifferences(seed: Int) throws {
        var random = TestRandom(seed: seed)
        let values = Network.shapes.map { random.values($0.reduce(1, *)) }
        let (loss, inputs) = try Network.loss(values, isRecorded: true)
        try loss.backward()
        for (index, name) in Network.names.enumerated() {
            let gradient: [Double] = try #require(try inputs[index].gradient).elements()
            let reference = try centralDifferences(at: values[index]) { moved in
                var changed = values
                changed[index] = moved
                return try Network.loss(changed).loss.item()
            }
            #expect(difference(gradient, reference) < Tolerance.centralDifference, "\(name), seed \(seed)")
        }
    }
}
