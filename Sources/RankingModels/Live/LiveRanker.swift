public import Foundation
public import Pipeline
import Torch

/// A saved ranker that scores one user's candidates as of now: the user's behaviours and features come with
/// the call, and what all candidates share is computed once.
///
/// Scores are those of `Ranker.scores` for the same rows.
public final class LiveRanker: @unchecked Sendable {
    // Nothing is written after the initializer; libtorch reads tensors on any thread.

    /// Columns of the context and their usual values.
    public let context: [ContextField]
    /// Version of the code book whose codes the ranker reads; empty where it reads none.
    public let codebook: String
    private let saved: SavedRanker
    private let correction: SamplingCorrection
    private let momentRows: MomentRows
    /// nil where the network needs all features of a row at once.
    private let towers: SharedTowers?
    private var shape: ESMM.Shape { saved.network.shape }

    /// Reads what `Ranker.write` wrote.
    ///
    /// - Throws: an error that names the file, and the key in it, of what is missing or does not fit.
    public init(_ folder: URL, context: [ContextField]) throws {
        saved = try SavedRanker(folder, context: context.map(\.name))
        guard saved.network.shape.crossCount == nil else {
            throw RankingModelError.file(
                path: folder.path, key: "network",
                message:
                    "reads crosses with similar users' purchases or with text, which a service does not "
                    + "have; train the ranker with rank.similarCrosses and rank.textCrosses of false")
        }
        self.context = context
        codebook = saved.description.codebook
        correction = SamplingCorrection(rate: saved.description.samplingRate)
        momentRows = MomentRows(saved.vocabulary, saved.fields)
        towers = try withoutGrad { [saved] in try SharedTowers(saved.network, saved.fields) }
    }

    /// Whether it reads codes or similar users' sequences.
    public var readsFeatures: Bool { codesPerUser > 0 || similarLength > 0 }
    /// M, codes of a user; 0 for none.
    public var codesPerUser: Int { shape.codesPerUser }
    /// C, values of a code; 0 for none.
    public var codeCount: Int { shape.codeCount }
    /// Maximum length of the similar users' sequence; 0 for none.
    public var similarLength: Int { shape.similarLength }
    /// Before this time lie the similar users' behaviours that it was trained with; nil without them.
    public var cutoff: Int64? { saved.description.cutoff }

    /// Rows of the embedding table for an item's fields.
    func rows(of item: Item) -> [Int32] {
        saved.fields.values(of: item).enumerated().map { saved.vocabulary.row($0, $1) }
    }

    /// Scores candidates.
    ///
    /// - Parameter catalogue: was made for this ranker.
    /// - Throws: `RankingModelError.unknown` for an item that the catalogue does not have, `.context` for
    ///   other columns, `.features` for codes that are not the network's.
    public func scores(
        of candidates: LiveCandidates, for user: LiveUser, in catalogue: LiveCatalogue
    ) throws -> Ranker.Scores {
        try check(candidates, user, catalogue)
        guard !candidates.items.isEmpty else { return Ranker.Scores() }
        let counted = counted(user, at: candidates.time, in: catalogue)
        let batch = try self.batch(candidates, user, counted.state, catalogue)
        return try withoutGrad {
            try onOneThread {
                let logits =
                    try towers.map { try saved.network.shared(batch, $0) }
                    ?? saved.network(batch, rows: saved.network.embedding)
                var scores = Ranker.Scores()
                try scores.append(logits, saved.description.calibration ?? .none, correction)
                return scores
            }
        }
    }

    /// Counts of a user's behaviours before a moment, from those of an earlier one where they are known.
    public func counted(
        _ user: LiveUser, at time: Int64, in catalogue: LiveCatalogue
    ) -> LiveUser.CountedEvents {
        let origin = LiveUser.CountedEvents.Origin(user.events, catalogue)
        var state = UserState(user.events, catalogue.traits)
        if let known = user.counted, known.origin == origin, known.time <= time {
            if known.time == time { return known }
            state = known.state
        }
        state.advance(to: time)
        return LiveUser.CountedEvents(state: state, time: time, origin: origin)
    }

    private func check(
        _ candidates: LiveCandidates, _ user: LiveUser, _ catalogue: LiveCatalogue
    ) throws {
        for item in candidates.items where item < 0 || Int(item) >= catalogue.items.count {
            throw RankingModelError.unknown(what: "item", index: item, count: catalogue.items.count)
        }
        for values in candidates.contexts where values.count != context.count {
            throw RankingModelError.context(count: values.count, expected: context.map(\.name))
        }
        guard candidates.contexts.count == candidates.items.count else {
            throw RankingModelError.context(count: candidates.contexts.count, expected: context.map(\.name))
        }
        let codes = user.codes
        guard
            shape.codesPerUser == 0
                || (codes.count == shape.codesPerUser && codes.allSatisfy((0..<shape.codeCount).contains))
        else {
            throw RankingModelError.features(
                expected: "\(shape.codesPerUser) codes in 0..<\(shape.codeCount)", found: "\(codes)")
        }
    }

    /// N rows that share the user's sequences.
    private func batch(
        _ candidates: LiveCandidates, _ user: LiveUser, _ state: UserState, _ catalogue: LiveCatalogue
    ) throws -> RankingBatch {
        let (fields, itemRows) = (saved.fields, catalogue.rows(for: self))
        let (count, itemWidth) = (candidates.items.count, fields.itemNames.count)
        let userRows = fields.values(of: user.user).enumerated().map {
            saved.vocabulary.row(itemWidth + $0, $1)
        }
        var rows: [Int32] = []
        rows.reserveCapacity(count * fields.count)
        var moments = momentRows.writer(at: candidates.time)
        for (item, values) in zip(candidates.items, candidates.contexts) {
            rows += itemRows[Int(item) * itemWidth..<(Int(item) + 1) * itemWidth]
            rows += userRows
            moments.append(item, values, state, to: &rows)
        }
        let isPadded = shape.network.pooling != .din
        func sequence(_ items: some Collection<Int32>, length: Int) throws -> SequenceBatch {
            let length = isPadded ? length : items.count
            return try SequenceBatch(
                SequenceRows(count: 1, length: length, itemRows: itemRows, itemFields: itemWidth) { _, add in
                    for item in items { add(item) }
                })
        }
        let history = user.events[..<state.eventCount].suffix(shape.historyLength).reversed().map(\.item)
        return RankingBatch(
            count: count, fields: try Tensor.from(rows, shape: [count, fields.count]),
            history: try sequence(history, length: shape.historyLength), codes: try codes(user, count),
            codeCrosses: try codeCrosses(candidates.items, user, itemRows, itemWidth),
            similar: shape.similarLength == 0
                ? nil
                : try sequence(user.similarItems.prefix(shape.similarLength), length: shape.similarLength),
            lists: try lists(user.user, count), sharesSequences: true)
    }

    private func codes(_ user: LiveUser, _ count: Int) throws -> Tensor? {
        guard shape.codesPerUser > 0 else { return nil }
        let rows = user.codes.enumerated().map { Int32($0 * shape.codeCount + $1) }
        return try Tensor.from(
            [[Int32]](repeating: rows, count: count).flatMap { $0 }, shape: [count, rows.count])
    }

    private func codeCrosses(
        _ items: [Int32], _ user: LiveUser, _ itemRows: [Int32], _ itemWidth: Int
    ) throws -> Tensor? {
        guard shape.crossesCodes == true else { return nil }
        let rows = items.flatMap { item in
            CodeCrosses.rows(
                user.codes, category: itemRows[Int(item) * itemWidth + FeatureFields.secondOfBehavior])
        }
        return try Tensor.from(rows, shape: [items.count, shape.codesPerUser])
    }

    private func lists(_ user: User, _ count: Int) throws -> (rows: Tensor, weights: Tensor)? {
        let fields = saved.fields
        guard !fields.listNames.isEmpty else { return nil }
        let own = fields.lists(of: user).enumerated().map { place, values in
            Set(values.map { saved.vocabulary.row(fields.count + place, $0) }).sorted()
        }
        let lists = ListRows(
            [[[Int32]]](repeating: own, count: count), fieldCount: fields.listNames.count)
        let shape = [count, lists.fieldCount, lists.length]
        return (
            try Tensor.from(lists.rows, shape: shape), try Tensor.from(lists.weights, shape: shape + [1])
        )
    }
}
