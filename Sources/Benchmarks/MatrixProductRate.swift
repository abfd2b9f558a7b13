import LanguageModels
import Pipeline
import Torch

/// How fast this process multiplies matrices: the denominator of `BenchmarkReport.fractionOfLimit`.
///
/// Float32 products of 512 rows with random matrices of the model's own shapes, by libtorch, on as many
/// threads as the work has. The rate is the best single product of any shape, before or after the work, so
/// that neither a shape that multiplies badly nor a disturbance makes the limit lower than the machine's.
struct MatrixProductRate {
    /// Rows of the left matrix.
    static let rows = 512
    /// The shape for work that has no decoder, `[out, in]`.
    static let commonShapes = [[1536, 576]]

    private let shapes: [[Int]]
    /// Operations a second, the best so far.
    private(set) var best = 0.0

    /// - Parameter shapes: of the matrices, `[out, in]`.
    init(shapes: [[Int]]) { self.shapes = shapes }

    /// Multiplies for `seconds`, as long with each shape, after a warm-up; keeps the best.
    mutating func measure(seconds: Double = 0.5) throws {
        try withoutGrad {
            for (index, shape) in shapes.enumerated() {
                let input = try Self.random([Self.rows, shape[1]], seed: 2 * index)
                let weight = try Self.random(shape, seed: 2 * index + 1)
                let operations = 2 * Double(Self.rows) * Double(shape[0]) * Double(shape[1])
                for _ in 0..<3 { _ = try input.linear(weight) }
                let clock = ContinuousClock()
                let end = clock.now + .seconds(seconds / Double(shapes.count))
                repeat {
                    let taken = try clock.measure { _ = try input.linear(weight) }
                    best = max(best, operations / taken.seconds)
                } while clock.now < end
            }
        }
    }

    private static func random(_ shape: [Int], seed: Int) throws -> Tensor {
        var generator = SeededGenerator(seed: 0, path: seed)
        let numbers = (0..<shape.reduce(1, *)).map { _ in Float(generator.nextUnit()) - 0.5 }
        return try Tensor.from(numbers, shape: shape)
    }
}

extension DecoderConfiguration {
    /// The distinct shapes of the layers' matrices, `[out, in]`.
    var matrixShapes: [[Int]] {
        let heads = headCount * headWidth
        let all = [
            [heads, width], [keyValueHeadCount * headWidth, width], [width, heads],
            [feedForwardWidth, width],
            [width, feedForwardWidth],
        ]
        return all.reduce(into: []) { distinct, shape in
            if !distinct.contains(shape) { distinct.append(shape) }
        }
    }
}
