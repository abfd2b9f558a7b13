import TestSupport
import Testing
import Torch

@Suite("rows of a table, and their gradient") struct EmbeddingRowsTests {
    /// Whole numbers, whose sums are exact in any order.
    private func numbers(_ count: Int) -> [Float] { (0..<count).map { Float(($0 * 7 + 3) % 11 - 5) } }

    @Test(
        "every index gives its row and adds its gradient there, as in float64 by the library",
        arguments: [(6, 5, 7), (300, 16, 9000), (40, 24, 4000)])
    func rowsAndGradients(rows: Int, width: Int, count: Int) throws {
        let values = numbers(rows * width)
        // The last row is never taken.
        let indices = (0..<count).map { Int32(($0 * $0 + 3 * $0) % (rows - 1)) }
        func gradient(_ type: ElementType, _ places: Tensor) throws -> (rows: [Float], slopes: [Float]) {
            let table = try Tensor.from(values, shape: [rows, width]).to(type)
            try table.setRequiresGrad(true)
            let taken = try table.embedding(places)
            let factors = try Tensor.from(numbers(count * width).reversed(), shape: [count, width]).to(type)
            try (taken * factors).sum().backward()
            return (
                try taken.to(.float32).elements(Float.self),
                try #require(try table.gradient).to(.float32).elements(Float.self)
            )
        }
        let places = try Tensor.from(indices, shape: [count])
        let expected = try gradient(.float64, places)
        for found in [try gradient(.float32, places), try gradient(.float32, places.to(.int64))] {
            #expect(found.rows == expected.rows)
            #expect(found.slopes == expected.slopes)
        }
        #expect(expected.slopes.suffix(width).allSatisfy { $0 == 0 })
        #expect(expected.slopes.contains { $0 != 0 })
    }

    @Test("a gradient is bitwise equal on one thread and on two") func bitsIgnoreTheThreadCount() throws {
        let before = TorchRuntime.threadCount
        defer { try? TorchRuntime.setThreadCount(before) }
        let (rows, width, count) = (50, 16, 8000)
        let indices = try Tensor.from((0..<count).map { Int32($0 * 13 % rows) }, shape: [count])
        let factors = try Tensor.from(
            (0..<count * width).map { Float($0 % 97) / 89 }, shape: [count, width])
        var results: [[Float]] = []
        for threads in 1...2 {
            try TorchRuntime.setThreadCount(threads)
            let table = try Tensor.zeros([rows, width])
            try table.setRequiresGrad(true)
            try (table.embedding(indices) * factors).sum().backward()
            results.append(try #require(try table.gradient).elements())
        }
        #expect(results[0] == results[1])
        #expect(results[0].allSatisfy { $0 > 0 })
    }

    @Test("an index that is no row is an error", arguments: [-1, 3])
    func refusesIndices(index: Int32) throws {
        let table = try Tensor.zeros([3, 2])
        #expect(throws: TorchError.self) { try table.embedding(Tensor.from([0, index], shape: [2])) }
        #expect(throws: TorchError.self) {
            try table.stepRows(
                Tensor.from([index], shape: [1]), gradient: Tensor.zeros([1, 2]),
                firstMoments: Tensor.zeros([3, 2]), secondMoments: Tensor.zeros([3, 2]),
                Tensor.AdamRows(
                    beta1: (0.9, 0.1), beta2: (0.999, 0.001), rate: 0.1, root: 1, epsilon: 1e-8, scale: 1))
        }
    }
}
