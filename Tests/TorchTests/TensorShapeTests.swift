import TestSupport
import Testing
import Torch

@Suite struct TensorShapeTests {
    @Test("views keep the row-major order of elements") func viewsKeepTheRowMajorOrderOfElements() throws {
        let x = try tensor([1, 2, 3, 4, 5, 6], 2, 3)
        try expect(x.reshaped(3, -1), [1, 2, 3, 4, 5, 6], [3, 2])
        try expect(x.transposed(0, 1), [1, 4, 2, 5, 3, 6], [3, 2])
        try expect(x.transposed(0, 1).contiguous().reshaped(-1), [1, 4, 2, 5, 3, 6], [6])
        try expect(x.slice(1, 1..<3), [2, 3, 5, 6], [2, 2])
    }

    @Test("a slice shares memory and a clone does not") func aSliceSharesMemoryAndACloneDoesNot() throws {
        let x = try tensor([1, 2, 3], 3)
        let copy = try x.clone()
        try x.slice(0, 1..<2).scale(by: 10)
        try expect(x, [1, 20, 3], [3])
        try expect(copy, [1, 2, 3], [3])
    }

    @Test("tensors are concatenated, and their elements are selected, gathered and filled")
    func tensorsAreJoinedAndGathered() throws {
        let x = try tensor([1, 2, 3, 4], 2, 2)
        try expect(Tensor.concatenated([x, tensor([5, 6], 1, 2)], axis: 0), [1, 2, 3, 4, 5, 6], [3, 2])
        try expect(Tensor.concatenated([x, tensor([5, 6], 2, 1)], axis: 1), [1, 2, 5, 3, 4, 6], [2, 3])
        let indices = try Tensor.from([1, 0, 1] as [Int64], shape: [3])
        try expect(x.selecting(indices), [3, 4, 1, 2, 3, 4], [3, 2])
        try expect(x.selecting(indices, axis: 1), [2, 1, 2, 4, 3, 4], [2, 3])
        try expect(x.gathering(Tensor.from([1, 0] as [Int64], shape: [2, 1]), axis: 1), [2, 3], [2, 1])
        try expect(x.embedding(Tensor.from([1, 0] as [Int64], shape: [1, 2])), [3, 4, 1, 2], [1, 2, 2])
        let mask = try Tensor.from([true, false, false, true], shape: [2, 2])
        try expect(x.filled(where: mask, with: -1), [-1, 2, 3, -1], [2, 2])
    }

    @Test("elements convert between types") func elementsConvertBetweenTypes() throws {
        let x = try tensor([1.75, -2.5, 300], 3)
        #expect(try x.to(.int64).elements(Int64.self) == [1, -2, 300])
        #expect(try x.to(.float32).elements(Float.self) == [1.75, -2.5, 300])
        #expect(try x.to(.bfloat16).to(.float64).elements(Double.self) == [1.75, -2.5, 300])
        #expect(
            try Tensor.from([0, 2] as [Int32], shape: [2]).to(.bool).elements(Bool.self) == [false, true])
        for type in ElementType.allCases {
            #expect(try Tensor.full([2], 1, type: type).elementType == type)
            #expect(try Tensor.full([2], 1, type: type).withBytes(\.count) == 2 * type.byteCount)
        }
    }

    @Test("tensors without elements have a shape") func tensorsWithoutElementsHaveAShape() throws {
        let empty = try Tensor.from([Float](), shape: [0, 3])
        #expect(empty.shape == [0, 3])
        #expect(empty.count == 0)
        #expect(try empty.elements(Float.self).isEmpty)
        #expect(try tensor([7]).item() == 7)
    }

    @Test("changes in place broadcast and scale") func changesInPlaceBroadcastAndScale() throws {
        let x = try tensor([1, 2, 3, 4], 2, 2)
        try x.copy(from: tensor([5, 6], 2))
        try expect(x, [5, 6, 5, 6], [2, 2])
        try x.add(tensor([1, 1], 2), scaledBy: -0.5)
        try expect(x, [4.5, 5.5, 4.5, 5.5], [2, 2])
        try x.scale(by: 2)
        try expect(x, [9, 11, 9, 11], [2, 2])
    }
}
