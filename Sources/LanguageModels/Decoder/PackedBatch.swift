import Torch

/// Groups one after another in one sequence without padding: `prompt, continuation 1, …, continuation G,
/// prompt, …`.
public struct PackedBatch: Sendable, Equatable {
    /// The groups, in order.
    public let groups: [PackedGroup]

    /// A batch of groups.
    public init(_ groups: [PackedGroup]) { self.groups = groups }

    /// All tokens, in order.
    public var tokens: [Int32] { groups.flatMap { $0.prompt + $0.continuations.joined() } }

    /// Number of scored tokens of each continuation of each group.
    public var counts: [[Int]] { groups.map { $0.scored.map(\.count) } }

    /// The scored tokens.
    var targets: [Int32] {
        groups.flatMap { group in zip(group.continuations, group.scored).flatMap { $0[$1] } }
    }

    /// Position of each token in its own sequence.
    var positions: [Int] {
        groups.flatMap { group in
            Array(group.prompt.indices)
                + group.continuations.flatMap { group.prompt.count..<group.prompt.count + $0.count }
        }
    }

    /// The token that each target is predicted from, as an index into `tokens`.
    var predictors: [Int] {
        var result: [Int] = []
        var start = 0
        for group in groups {
            let promptEnd = start + group.prompt.count
            start = promptEnd
            for (continuation, scored) in zip(group.continuations, group.scored) {
                result += scored.map { $0 == 0 ? promptEnd - 1 : start + $0 - 1 }
                start += continuation.count
            }
        }
        return result
    }

    /// Start, end and prefix of each prompt and continuation that has tokens, int64 `[S, 4]`.
    func segments() throws -> Tensor {
        var rows: [Int64] = []
        var start = 0
        for group in groups {
            let prompt = start..<start + group.prompt.count
            rows += [prompt.lowerBound, prompt.upperBound, 0, 0].map(Int64.init)
            start = prompt.upperBound
            for continuation in group.continuations where !continuation.isEmpty {
                rows += [start, start + continuation.count, prompt.lowerBound, prompt.upperBound].map(
                    Int64.init)
                start += continuation.count
            }
        }
        // Attention reads the bounds on the processor, wherever it computes.
        return try Device.cpu.making { try Tensor.from(rows, shape: [rows.count / 4, 4]) }
    }
}

extension [PackedGroup] {
    /// Batches of neighbouring groups with at most `maximumTokens` tokens each; a longer group is alone.
    public func packed(maximumTokens: Int) -> [PackedBatch] {
        var batches: [[PackedGroup]] = []
        var room = 0
        for group in self {
            if batches.isEmpty || group.tokenCount > room {
                batches.append([])
                room = maximumTokens
            }
            batches[batches.count - 1].append(group)
            room -= group.tokenCount
        }
        return batches.map(PackedBatch.init)
    }
}
