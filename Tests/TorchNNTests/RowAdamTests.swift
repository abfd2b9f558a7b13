import TestSupport
import Testing
import Torch
import TorchNN

@Suite("Adam over rows") struct RowAdamTests {
    private var plain: AdamWConfiguration {
        var configuration = AdamWConfiguration()
        configuration.maximumGradientNorm = 0
        return configuration
    }

    @Test("a table whose rows are all touched moves as under Adam")
    func touchedRowsMatchAdam() throws {
        let start: [Float] = [0.5, -1, 2, 0.25, 3, -0.125]
        let (own, other) = (try Tensor.from(start, shape: [3, 2]), try Tensor.from(start, shape: [3, 2]))
        var parameters = Parameters()
        parameters.append("table", other)
        let adam = try AdamW(parameters, configuration: plain)
        let rows = try RowAdam(own, configuration: plain)
        let order: [Int32] = [2, 0, 1]
        for step in 1...6 {
            let slopes = (0..<6).map { Float($0 - 2) * 0.3 / Float(step) }
            try other.setRequiresGrad(true)
            try (other * Tensor.from(slopes, shape: [3, 2])).sum().backward()
            _ = try adam.step(learningRate: 0.01 * Double(step))
            try other.setRequiresGrad(false)
            let leaf = try rows.leaf(of: order)
            let own = order.flatMap { [slopes[Int($0) * 2], slopes[Int($0) * 2 + 1]] }
            try (leaf * Tensor.from(own, shape: [3, 2])).sum().backward()
            try withoutGrad {
                try rows.step(
                    rows: order, gradient: #require(try leaf.gradient), learningRate: 0.01 * Double(step))
            }
        }
        let (found, expected) = (try own.elements(Float.self), try other.elements(Float.self))
        #expect(zip(found, expected).allSatisfy { abs($0 - $1) < 1e-6 }, "\(found) \(expected)")
        #expect(found != start)
    }

    @Test("rows that no batch touches stay unchanged bit for bit")
    func untouchedRowsStay() throws {
        let table = try Tensor.from([1, 2, 3, 4, 5, 6] as [Float], shape: [3, 2])
        let rows = try RowAdam(table, configuration: plain)
        for _ in 0..<3 {
            try rows.step(rows: [1], gradient: Tensor.full([1, 2], 2), learningRate: 0.1, scale: 0.5)
        }
        let found = try table.elements(Float.self)
        #expect(found[0..<2] == [1, 2] && found[4...] == [5, 6])
        // A constant gradient moves a weight by the learning rate per step.
        #expect(abs(found[2] - 2.7) < 1e-5 && abs(found[3] - 3.7) < 1e-5)
    }

    @Test("refuses a gradient of another shape, weight decay and other element types")
    func refusesWhatDoesNotFit()
        throws
    {
        let table = try Tensor.zeros([3, 2])
        let rows = try RowAdam(table, configuration: plain)
        #expect(throws: TorchError.self) {
            try rows.step(rows: [0, 1], gradient: Tensor.zeros([1, 2]), learningRate: 1)
        }
        var decaying = plain
        decaying.weightDecay = 0.1
        #expect(throws: TorchError.self) { try RowAdam(table, configuration: decaying) }
        #expect(throws: TorchError.self) {
            try RowAdam(Tensor.zeros([3, 2], type: .float64), configuration: plain)
        }
    }
}
