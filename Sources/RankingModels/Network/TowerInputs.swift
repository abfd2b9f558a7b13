import Pipeline
import Torch

/// What the two towers read: the same numbers, a shared layer, or experts that each task mixes in its own
/// way.
enum TowerInputs {
    case separate
    case sharedBottom(Linear)
    case experts(GatedExperts)

    init(_ configuration: NetworkConfiguration, from input: Int, _ maker: inout WeightMaker) throws {
        let (width, count) = (configuration.expertWidth, configuration.experts)
        switch configuration.towers {
        case .separate: self = .separate
        case .sharedBottom:
            self = .sharedBottom(try Linear("bottom", from: input, to: width, &maker))
        case .mmoe:
            self = .experts(try GatedExperts(shared: count, own: 0, width: width, from: input, &maker))
        case .ple:
            self = .experts(try GatedExperts(shared: count, own: count, width: width, from: input, &maker))
        }
    }

    /// Width of a tower's input.
    static func width(_ configuration: NetworkConfiguration, from input: Int) -> Int {
        configuration.towers == .separate ? input : configuration.expertWidth
    }

    /// The input of each tower, `[B, width]`.
    func callAsFunction(_ x: Tensor) throws -> (click: Tensor, conversion: Tensor) {
        switch self {
        case .separate: return (x, x)
        case .sharedBottom(let bottom):
            let hidden = try bottom(x).relu()
            return (hidden, hidden)
        case .experts(let experts): return (try experts(x, task: 0), try experts(x, task: 1))
        }
    }
}

/// Experts mixed by a gate of each task: MMoE (Ma et al., 2018) with shared experts only, one layer of PLE
/// (CGC, Tang et al., 2020) with experts of each task beside them.
///
///     f_k(x) = softmax(G_k x)ᵀ [relu(own_k x); relu(shared x)]
struct GatedExperts {
    private let shared: Linear
    private let own: [Linear]
    private let gates: [Linear]
    private let width: Int

    /// - Parameters:
    ///   - shared: experts of both tasks.
    ///   - own: experts of each task.
    ///   - width: of one expert's output.
    init(shared: Int, own: Int, width: Int, from input: Int, _ maker: inout WeightMaker) throws {
        self.width = width
        // The experts of one kind are one product.
        self.shared = try Linear("experts.shared", from: input, to: shared * width, &maker)
        let tasks = ["click", "conversion"]
        self.own =
            own > 0
            ? try tasks.map { try Linear("experts.\($0)", from: input, to: own * width, &maker) } : []
        gates = try tasks.map {
            try Linear("gate.\($0)", from: input, to: own + shared, hasBias: false, &maker)
        }
    }

    /// - Parameter x: `[B, in]`.
    /// - Returns: `[B, width]`.
    func callAsFunction(_ x: Tensor, task: Int) throws -> Tensor {
        let rows = x.shape[0]
        let parts = (own.isEmpty ? [] : [own[task]]) + [shared]
        let outputs = try parts.map { try $0(x).relu().reshaped(rows, -1, width) }
        let experts = outputs.count == 1 ? outputs[0] : try Tensor.concatenated(outputs, axis: 1)
        let weights = try gates[task](x).softmax(axis: -1).reshaped(rows, 1, -1)
        return try weights.matmul(experts).reshaped(rows, width)
    }
}
