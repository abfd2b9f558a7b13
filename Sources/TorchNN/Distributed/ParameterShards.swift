public import Torch

/// Which process updates which parameter: whole tensors, the largest first, each to the process with the
/// least so far.
///
/// A process holds optimizer state for its own tensors alone.
public struct ParameterShards: Sendable {
    /// The group.
    public let group: ProcessGroup
    /// The process that owns each parameter.
    public let owners: [Int]

    /// Shares the parameters out; the same on every process.
    public init(_ parameters: Parameters, _ group: ProcessGroup) {
        self.group = group
        owners = Self.owners(of: parameters.tensors.map(\.count), size: group.size)
    }

    /// The process of each tensor.
    ///
    /// - Parameters:
    ///   - counts: elements of each tensor.
    ///   - size: number of processes.
    static func owners(of counts: [Int], size: Int) -> [Int] {
        var owners = Array(repeating: 0, count: counts.count)
        var loads = Array(repeating: 0, count: size)
        for place in counts.indices.sorted(by: { (counts[$1], $0) < (counts[$0], $1) }) {
            let owner = loads.indices.min { loads[$0] < loads[$1] } ?? 0
            owners[place] = owner
            loads[owner] += counts[place]
        }
        return owners
    }

    /// Whether this process owns a parameter.
    public func owns(_ place: Int) -> Bool { owners[place] == group.rank }

    /// Adds up every process's gradients, each at its owner; the others give theirs up.
    ///
    /// - Parameters:
    ///   - gradients: in the order of the parameters; nil where no backward pass arrived.
    ///   - isWanted: false for places where no process has a gradient.
    public func reduced(
        _ gradients: [Tensor?], of parameters: Parameters, where isWanted: (Int) -> Bool = { _ in true }
    ) throws -> [Tensor?] {
        guard group.size > 1 else { return gradients }
        return try gradients.enumerated().map { place, gradient in
            guard isWanted(place) else { return nil }
            let tensor = parameters.tensors[place]
            let sum = try gradient ?? Tensor.zeros(tensor.shape, type: tensor.elementType)
            try withoutGrad { try group.sum(sum, at: owners[place]) }
            return owns(place) ? sum : nil
        }
    }

    /// Adds up the gradients that the parameters hold.
    public func reduceGradients(of parameters: Parameters) throws {
        guard group.size > 1 else { return }
        let sums = try reduced(parameters.tensors.map { try $0.gradient }, of: parameters)
        for (tensor, sum) in zip(parameters.tensors, sums) { try tensor.setGradient(sum) }
    }

    /// Overwrites every process's parameters with their owners'.
    public func share(_ parameters: Parameters) throws {
        guard group.size > 1 else { return }
        try withoutGrad {
            for (tensor, owner) in zip(parameters.tensors, owners) { try group.share(tensor, from: owner) }
        }
    }
}
