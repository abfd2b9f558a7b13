import LanguageModels

/// The rollouts of a step that enter the loss, packed: all of them, less those that are masked or empty.
///
/// Their tokens have one order, group by group, in which log-probabilities are kept flat, `[Σ T]`.
struct PackedRollouts {
    /// One rollout of the loss.
    struct Rollout {
        /// Group and place in it.
        let group: Int
        let place: Int
        /// Its tokens in the flat order.
        let tokens: Range<Int>
    }

    /// Groups that are computed together.
    struct Part {
        let batch: PackedBatch
        let rollouts: [Rollout]
        /// Their tokens in the flat order.
        let tokens: Range<Int>
    }

    let parts: [Part]
    /// |oᵢ| of every process's rollouts, 0 for those that are left out, `[N][G]`.
    let lengths: [[Int]]
    /// log μ of this process's tokens in the flat order, `[Σ T]`, under the weights that drew them, at the
    /// sampling temperature; nil where it is not known.
    let drawn: [Float]?

    var rollouts: [Rollout] { parts.flatMap(\.rollouts) }
    /// Tokens that this process computes, prompts and rollouts.
    var computedTokenCount: Int { parts.reduce(0) { $0 + $1.batch.tokens.count } }
    /// Tokens of every process's rollouts that enter the loss.
    var tokenCount: Int { lengths.joined().reduce(0, +) }

    /// - Parameters:
    ///   - groups: all rollouts, `[N]` of G.
    ///   - isLeftOut: `[N][G]`.
    ///   - drawn: log μ of every token, `[N][G][|o|]`; nil where it is not known.
    ///   - maximumTokens: most tokens of a part, unless one group has more.
    ///   - sharesPrompts: one copy of the prompt a group, not one a rollout.
    ///   - isOwn: whether a group is computed by this process.
    init(
        _ groups: [PackedGroup], isLeftOut: [[Bool]], drawn: [[[Float]]]? = nil, maximumTokens: Int,
        sharesPrompts: Bool = true, isOwn: (Int) -> Bool = { _ in true }
    ) throws {
        let lengths = zip(groups, isLeftOut).map { group, left in
            zip(group.continuations, left).map { $1 ? 0 : $0.count }
        }
        // Rollouts that are computed after one copy of their prompt.
        let bundles = lengths.indices.filter(isOwn).flatMap { n in
            let kept = lengths[n].indices.filter { lengths[n][$0] > 0 }.map { (group: n, place: $0) }
            return sharesPrompts ? (kept.isEmpty ? [] : [kept]) : kept.map { [$0] }
        }
        let packed = try bundles.map { bundle in
            try PackedGroup(
                prompt: groups[bundle[0].group].prompt,
                continuations: bundle.map { groups[$0.group].continuations[$0.place] })
        }
        var (parts, start, next): ([Part], Int, Int) = ([], 0, 0)
        for batch in packed.packed(maximumTokens: maximumTokens) {
            let first = start
            let rollouts = bundles[next..<next + batch.groups.count].joined().map { group, place in
                defer { start += lengths[group][place] }
                return Rollout(group: group, place: place, tokens: start..<start + lengths[group][place])
            }
            next += batch.groups.count
            parts.append(Part(batch: batch, rollouts: rollouts, tokens: first..<start))
        }
        (self.parts, self.lengths) = (parts, lengths)
        self.drawn = drawn.map { drawn in
            parts.flatMap { $0.rollouts.flatMap { drawn[$0.group][$0.place] } }
        }
    }
}
