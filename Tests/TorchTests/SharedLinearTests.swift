import TestSupport
import Testing
import Torch

@Suite("a linear layer of many rows, shared by threads") struct SharedLinearTests {
    private let rows = 700
    private let width = 24
    private let outputs = 10

    private func numbers(_ count: Int, _ step: Int) -> [Float] {
        (0..<count).map { Float(($0 * step + 5) % 23 - 11) / 16 }
    }

    /// The output and the gradients of x, W and b.
    private func results(hasBias: Bool = true) throws -> [[Float]] {
        let x = try Tensor.from(numbers(rows * width, 7), shape: [rows, width])
        let weight = try Tensor.from(numbers(outputs * width, 13), shape: [outputs, width])
        let bias = hasBias ? try Tensor.from(numbers(outputs, 3), shape: [outputs]) : nil
        let all = [x, weight] + (bias.map { [$0] } ?? [])
        for tensor in all { try tensor.setRequiresGrad(true) }
        let y = try x.linear(weight, bias: bias)
        let factors = try Tensor.from(numbers(rows * outputs, 5), shape: [rows, outputs])
        try (y * factors).sum().backward()
        return try [y.elements()] + all.map { try #require(try $0.gradient).elements() }
    }

    @Test("values and gradients are those of the library's layer", arguments: [true, false])
    func matchesLibrary(hasBias: Bool) throws {
        let expected = try results(hasBias: hasBias)
        let found = try TorchRuntime.onOneThread { try results(hasBias: hasBias) }
        #expect(found.count == expected.count)
        for (mine, theirs) in zip(found, expected) {
            // Sixteenths times sixteenths: sums of some hundred products are exact in float32.
            #expect(mine == theirs)
            #expect(mine.contains { $0 != 0 })
        }
    }

    @Test("results are bitwise equal on one thread and on two") func bitsIgnoreTheThreadCount() throws {
        let before = TorchRuntime.threadCount
        defer { try? TorchRuntime.setThreadCount(before) }
        var found: [[[Float]]] = []
        for threads in 1...2 {
            try TorchRuntime.setThreadCount(threads)
            found.append(try TorchRuntime.onOneThread { try results() })
        }
        #expect(found[0] == found[1])
    }

    @Test("shapes that do not fit are an error") func refusesShapes() throws {
        let x = try Tensor.zeros([rows, width])
        try TorchRuntime.onOneThread {
            #expect(throws: TorchError.self) { try x.linear(Tensor.zeros([outputs, width + 1]), bias: nil) }
            #expect(throws: TorchError.self) {
                try x.linear(Tensor.zeros([outputs, width]), bias: Tensor.zeros([outputs + 1]))
            }
        }
    }
}
