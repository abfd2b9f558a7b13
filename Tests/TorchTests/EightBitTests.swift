import TestSupport
import Testing
import Torch

@Suite("Weights of 8 bits") struct EightBitTests {
    /// Numbers −127…127 of a row, and what they are multiplied by.
    private static func rounded(_ row: [Float]) -> (numbers: [Int], scale: Float) {
        let most = row.map(abs).max() ?? 0
        let factor = most > 1e-30 ? 127 / most : 0
        return (row.map { Int(($0 * factor).rounded(.toNearestOrEven)) }, most / 127)
    }

    /// x Wᵀ + b of rounded numbers, each sum exact.
    private static func expected(_ x: [[Float]], _ weights: [[Float]], _ bias: [Float]?) -> [Float] {
        let (rows, outputs) = (x.map(rounded), weights.map(rounded))
        return rows.flatMap { row in
            outputs.enumerated().map { place, output in
                let sum = zip(row.numbers, output.numbers).reduce(0) { $0 + $1.0 * $1.1 }
                return Float(sum) * (output.scale * row.scale) + (bias?[place] ?? 0)
            }
        }
    }

    private static func matrix(_ rows: Int, _ columns: Int, seed: Int) -> [[Float]] {
        var random = TestRandom(seed: seed)
        return (0..<rows).map { row in
            // Rows of very different size, each with a scale of its own.
            random.values(columns, in: -1...1).map { Float($0) * Float(1 << (row % 7)) }
        }
    }

    private static func tensor(_ rows: [[Float]]) throws -> Tensor {
        try Tensor.from(rows.flatMap { $0 }, shape: [rows.count, rows.first?.count ?? 0])
    }

    @Test(
        "a product is that of the rounded numbers, bit for bit, in any size",
        arguments: [(1, 1, 1), (1, 16, 64), (3, 19, 7), (9, 48, 37), (17, 33, 130), (70, 65, 96)])
    func productIsThatOfRoundedNumbers(rows: Int, outputs: Int, width: Int) throws {
        let x = Self.matrix(rows, width, seed: rows)
        let weights = Self.matrix(outputs, width, seed: 100 + rows)
        var random = TestRandom(seed: 200 + rows)
        let bias = random.values(outputs).map(Float.init)
        let eight = try Self.tensor(weights).roundedToEightBits()
        #expect(try eight.shape == [outputs, (width + 3) / 4 * 4 + 4] && eight.elementType == .uint8)
        let offset = try Tensor.from(bias, shape: [outputs])
        let found = try Self.tensor(x).linears([eight, eight], biases: [offset, nil])
        #expect(try found[0].elements(Float.self) == Self.expected(x, weights, bias))
        #expect(try found[1].elements(Float.self) == Self.expected(x, weights, nil))
    }

    @Test("a row's result does not depend on the other rows")
    func rowsAreIndependent() throws {
        let x = Self.matrix(13, 40, seed: 1)
        let eight = try Self.tensor(Self.matrix(50, 40, seed: 2)).roundedToEightBits()
        let all: [Float] = try Self.tensor(x).linears([eight], biases: [nil])[0].elements()
        for count in [1, 2, 5, 8, 11] {
            let some: [Float] = try Self.tensor(Array(x[..<count])).linears([eight], biases: [nil])[0]
                .elements()
            #expect(some == Array(all[..<(count * 50)]), "\(count) rows")
        }
    }

    @Test("rows and weights of zeros, and weights of 16 bits, are rounded as well")
    func zerosAndNarrowWeights() throws {
        var (x, weights) = (Self.matrix(4, 24, seed: 3), Self.matrix(18, 24, seed: 4))
        x[2] = [Float](repeating: 0, count: 24)
        weights[17] = [Float](repeating: 0, count: 24)
        let plain = try Self.tensor(weights)
        let found: [Float] = try Self.tensor(x).linears([plain.roundedToEightBits()], biases: [nil])[0]
            .elements()
        #expect(found == Self.expected(x, weights, nil))
        #expect(found[(2 * 18)..<(3 * 18)].allSatisfy { $0 == 0 })
        for type in [ElementType.bfloat16, .float16] {
            let narrow = try plain.to(type)
            let widened: [Float] = try narrow.to(.float32).elements()
            let rows = (0..<18).map { Array(widened[($0 * 24)..<($0 + 1) * 24]) }
            let eight = try narrow.roundedToEightBits()
            #expect(
                try Self.tensor(x).linears([eight], biases: [nil])[0].elements(Float.self)
                    == Self.expected(x, rows, nil), "\(type)")
        }
    }

    @Test("NaN and infinity stay what they are: no number", arguments: [Float.nan, .infinity, -.infinity])
    func faultsArePassedOn(fault: Float) throws {
        for place in [0, 21] {  // in a whole vector and behind it
            var (x, weights) = (Self.matrix(3, 22, seed: 10), Self.matrix(4, 22, seed: 11))
            x[1][place] = fault
            let rows: [Float] = try Self.tensor(x).linears(
                [Self.tensor(weights).roundedToEightBits()], biases: [nil])[0].elements()
            #expect(rows[4..<8].allSatisfy(\.isNaN) && !rows[..<4].contains { $0.isNaN })
            (x[1][place], weights[2][place]) = (0, fault)
            let outputs: [Float] = try Self.tensor(x).linears(
                [Self.tensor(weights).roundedToEightBits()], biases: [nil])[0].elements()
            #expect(outputs.indices.allSatisfy { outputs[$0].isNaN == ($0 % 4 == 2) })
        }
    }

    @Test("the gated product multiplies rounded numbers too")
    func gatedProduct() throws {
        let (gate, up) = (Self.matrix(5, 20, seed: 5), Self.matrix(5, 20, seed: 6))
        let weights = Self.matrix(9, 20, seed: 7)
        let inner: [Float] = try Tensor.gated(Self.tensor(gate), Self.tensor(up)).elements()
        let rows = (0..<5).map { Array(inner[($0 * 20)..<($0 + 1) * 20]) }
        let found: [Float] = try Tensor.gatedLinear(
            gate: Self.tensor(gate), up: Self.tensor(up),
            weight: Self.tensor(weights).roundedToEightBits()
        ).elements()
        #expect(found == Self.expected(rows, weights, nil))
    }

    @Test("what does not fit is refused")
    func whatDoesNotFitIsRefused() throws {
        let eight = try Self.tensor(Self.matrix(3, 8, seed: 8)).roundedToEightBits()
        let narrow = try Self.tensor(Self.matrix(2, 4, seed: 9))
        let error = try #require(throws: TorchError.self) { try narrow.linears([eight], biases: [nil]) }
        #expect("\(error)".contains("8-bit weights of 8 inputs"), "\(error)")
        let flat = try Tensor.from([Float](repeating: 1, count: 4), shape: [4])
        #expect(throws: TorchError.self) { try flat.roundedToEightBits() }
    }
}
