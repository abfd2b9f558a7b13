import Foundation
import TestSupport
import Testing
import Torch

/// A float64 tensor of a row-major list.
func tensor(_ values: [Double], _ shape: Int...) throws -> Tensor { try Tensor.from(values, shape: shape) }

/// Records an issue unless a float64 tensor has these elements and this shape.
func expect(
    _ found: Tensor, _ values: [Double], _ shape: [Int], sourceLocation: SourceLocation = #_sourceLocation
) throws {
    #expect(found.shape == shape, sourceLocation: sourceLocation)
    let elements: [Double] = try found.elements()
    #expect(
        difference(elements, values) < 1e-12, "found \(elements), expected \(values)",
        sourceLocation: sourceLocation)
}

@Suite struct TensorMathTests {
    private let square: Tensor
    private let row: Tensor

    init() throws {
        square = try tensor([1, 2, 3, 4], 2, 2)
        row = try tensor([10, 20], 2)
    }

    @Test("arithmetic broadcasts a row over a matrix") func arithmeticBroadcastsARowOverAMatrix() throws {
        try expect(square + row, [11, 22, 13, 24], [2, 2])
        try expect(square - row, [-9, -18, -7, -16], [2, 2])
        try expect(square * row, [10, 40, 30, 80], [2, 2])
        try expect(square / row, [0.1, 0.1, 0.3, 0.2], [2, 2])
    }

    @Test("arithmetic with a number changes every element") func arithmeticWithANumberChangesEveryElement()
        throws
    {
        try expect(square + 0.5, [1.5, 2.5, 3.5, 4.5], [2, 2])
        try expect(square - 1, [0, 1, 2, 3], [2, 2])
        try expect(square * -2, [-2, -4, -6, -8], [2, 2])
        try expect(-square, [-1, -2, -3, -4], [2, 2])
        try expect(square.clamped(to: 1.5...3.5), [1.5, 2, 3, 3.5], [2, 2])
    }

    @Test("functions of one element give their values") func functionsOfOneElementGiveTheirValues() throws {
        let third = log(3.0)
        try expect(tensor([0, log(2)], 2).exp(), [1, 2], [2])
        try expect(tensor([1, M_E], 2).log(), [0, 1], [2])
        try expect(tensor([4, 9], 2).squareRoot(), [2, 3], [2])
        try expect(tensor([0, third], 2).sigmoid(), [0.5, 0.75], [2])
        try expect(tensor([-1, 2], 2).relu(), [0, 2], [2])
        try expect(tensor([0, third], 2).silu(), [0, 0.75 * third], [2])
        // Φ(1), the standard normal distribution function.
        try expect(
            tensor([0, 1, -1], 3).gelu(), [0, 0.841_344_746_068_542_9, -0.158_655_253_931_457_1], [3])
    }

    @Test("reductions give their values and shapes") func reductionsGiveTheirValuesAndShapes() throws {
        try expect(square.sum(), [10], [])
        try expect(square.sum(axis: 0), [4, 6], [2])
        try expect(square.sum(axis: 1, keepsAxis: true), [3, 7], [2, 1])
        try expect(square.mean(), [2.5], [])
        try expect(tensor([3, 4, 0, 2], 2, 2).norm(axis: 1), [5, 2], [2])
        try expect(tensor([3, 4], 1, 2).norm(axis: -1, keepsAxis: true), [5], [1, 1])
        try expect(tensor([0, 0, 0, log(3)], 2, 2).logSumExp(axis: 1), [log(2), log(4)], [2])
        try expect(tensor([1, 2], 2).dot(tensor([3, 4], 2)), [11], [])
        #expect(try tensor([1, 5, 5, 7, 2, 7], 2, 3).argmax(axis: 1).elements(Int64.self) == [1, 0])
    }

    @Test("the sum of a million halves is exact") func theSumOfAMillionHalvesIsExact() throws {
        #expect(try Tensor.full([1_000_000], 0.5, type: .float64).sum().item() == 500_000)
    }
}
