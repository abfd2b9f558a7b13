import TestSupport
import Testing
import Torch

@Suite struct RecomputingTests {
    @Test("recomputation has the values and gradients of kept activations, and releases its closure")
    func recomputationMatchesKeeping() throws {
        var draw = Draw(seed: 14)
        let (x, weight) = (try draw.tensor(6, 8), try draw.tensor(8, 8))
        final class Calls { var count = 0 }
        weak var released: Calls?
        let found = try {
            let calls = Calls()
            released = calls
            let body = { (input: Tensor) in
                calls.count += 1
                return try input.linear(weight).silu() * input
            }
            let found = try distance([x, weight], seed: 15) {
                try x.recomputing(body)
            } composed: {
                try body(x)
            }
            #expect(calls.count == 3, "forward, again in backward, and once composed")
            return found
        }()
        #expect(found == 0)
        #expect(released == nil)
    }

    @Test("parameters inside get gradients although the input needs none")
    func innerParametersGetGradients() throws {
        var draw = Draw(seed: 16)
        let (x, weight) = (try draw.tensor(3, 4).detached(), try draw.tensor(2, 4))
        try x.recomputing { try $0.linear(weight) }.sum().backward()
        let gradient = try numbers(#require(try weight.gradient))
        let sums = try numbers(x.sum(axis: 0))
        #expect(difference(gradient, sums + sums) < 1e-6)
    }

    @Test("an error in the forward pass is rethrown unchanged") func forwardErrorIsRethrown() throws {
        struct Failure: Error {}
        let x = try Tensor.zeros([1])
        #expect(throws: Failure.self) { try x.recomputing { _ in throw Failure() } }
    }
}
