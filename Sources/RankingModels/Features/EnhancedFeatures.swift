/// Feature groups that stage 4 adds to every row of a user, §2.4, as of one or several moments.
public struct EnhancedFeatures: Sendable {
    /// The groups as of one moment; either may be empty, in all snapshots alike.
    public struct Snapshot: Sendable {
        /// Rows from it on read this snapshot, up to the next one's time. All behaviours of the sequences lie
        /// before it.
        public let time: Int64
        /// Product-quantized codes, `[users][M]`; empty for none.
        public let codes: [[Int]]
        /// Items of the similar users' recent behaviours, newest first, `[users][≤ 100]`; empty for none.
        public let similarSequences: [[Int32]]
        /// What candidates are crossed with; nil for rankers that read no such crosses.
        let crosses: SimilarCrosses?
        /// The same of what was written about the users.
        let texts: TextCrosses?

        /// Either group may be empty.
        public init(time: Int64 = .min, codes: [[Int]] = [], similarSequences: [[Int32]] = []) {
            self.init(
                time: time, codes: codes, similarSequences: similarSequences, crosses: nil, texts: nil)
        }

        init(
            time: Int64, codes: [[Int]], similarSequences: [[Int32]], crosses: SimilarCrosses?,
            texts: TextCrosses?
        ) {
            (self.time, self.codes, self.similarSequences) = (time, codes, similarSequences)
            (self.crosses, self.texts) = (crosses, texts)
        }

        /// Rows of the table of crosses for a user and a candidate: those with similar users, then those with
        /// the text.
        func crossRows(user: Int, item: Int32) -> [Int32] {
            let buckets =
                (crosses?.buckets(user: user, item: item) ?? [])
                + (texts?.buckets(user: user, item: item) ?? [])
            return buckets.enumerated().map { Int32($0 * SimilarCrosses.bucketCount + $1) }
        }
    }

    /// By time, at least one. Rows before the first one's time are refused where there are sequences.
    public let snapshots: [Snapshot]
    /// C, the number of values of a code.
    public let codeCount: Int
    /// Version of the code book; empty without codes.
    public let codebook: String
    /// Whether codes are crossed with the candidate's L2 category.
    let crossesCodes: Bool

    /// Groups as of several moments.
    ///
    /// - Parameters:
    ///   - snapshots: by time; one or more.
    ///   - crossesCodes: whether codes, where there are some, are crossed with the candidate's L2 category.
    public init(_ snapshots: [Snapshot], codeCount: Int, codebook: String, crossesCodes: Bool = false) {
        precondition(!snapshots.isEmpty, "features have at least one snapshot")
        (self.snapshots, self.codeCount, self.codebook) = (snapshots, codeCount, codebook)
        self.crossesCodes = crossesCodes && !snapshots[0].codes.isEmpty
    }

    /// Groups as of one moment.
    ///
    /// - Parameter cutoff: all behaviours of the sequences lie before it.
    public init(
        codes: [[Int]] = [], codeCount: Int = 0, codebook: String = "", similarSequences: [[Int32]] = [],
        cutoff: Int64 = .min
    ) {
        self.init(
            [Snapshot(time: cutoff, codes: codes, similarSequences: similarSequences)], codeCount: codeCount,
            codebook: codebook)
    }

    /// Neither group: the baseline.
    public static let none = EnhancedFeatures()

    /// M.
    var codesPerUser: Int { snapshots[0].codes.first?.count ?? 0 }
    /// Whether rows read a similar user's sequence.
    var hasSequences: Bool { !snapshots[0].similarSequences.isEmpty }
    /// Crosses of a row with what similar users bought and with what was written about the user; 0 for none.
    var crossCount: Int {
        (snapshots[0].crosses == nil ? 0 : SimilarCrosses.count)
            + (snapshots[0].texts == nil ? 0 : TextCrosses.count)
    }
    /// Behaviours of the longest sequence.
    var longestSequence: Int { snapshots.lazy.flatMap { $0.similarSequences.lazy.map(\.count) }.max() ?? 0 }
    /// Time of the first snapshot.
    var cutoff: Int64 { snapshots[0].time }

    /// Place of the newest snapshot that a row may read, the first for a row before all.
    func snapshotIndex(at time: Int64) -> Int { snapshots.lastIndex { $0.time <= time } ?? 0 }

    /// - Throws: `RankingModelError.future` for a row before the end of the behaviours that are lent.
    func check(against rows: [RankingRow]) throws {
        guard hasSequences else { return }
        if let place = rows.firstIndex(where: { $0.time < cutoff }) {
            throw RankingModelError.future(number: place + 1, time: rows[place].time, cutoff: cutoff)
        }
    }

    /// - Throws: `RankingModelError.future` for samples before the end of the behaviours that are lent.
    func check(against samples: RankerSamples) throws {
        guard hasSequences, samples.earliest.time < cutoff else { return }
        throw RankingModelError.future(
            number: samples.earliest.row + 1, time: samples.earliest.time, cutoff: cutoff)
    }

    /// - Throws: `RankingModelError` for a group that does not have one entry a user, or an entry out of
    ///   range.
    func check(against data: RankingData) throws {
        for snapshot in snapshots {
            let groups = [
                ("codes", snapshot.codes.count, snapshots[0].codes.isEmpty),
                ("similar sequences", snapshot.similarSequences.count, !hasSequences),
                (
                    "lists of similar users", snapshot.crosses?.neighbors.count ?? 0,
                    snapshots[0].crosses == nil
                ),
                ("texts", snapshot.texts?.places.count ?? 0, snapshots[0].texts == nil),
            ]
            for (name, count, isAbsent) in groups where count != (isAbsent ? 0 : data.users.count) {
                throw RankingModelError.features(
                    expected: "\(isAbsent ? 0 : data.users.count) \(name)", found: "\(count)")
            }
            for row in snapshot.codes {
                guard row.count == codesPerUser, row.allSatisfy((0..<codeCount).contains) else {
                    throw RankingModelError.features(
                        expected: "\(codesPerUser) codes in 0..<\(codeCount)", found: "\(row)")
                }
            }
            for item in snapshot.similarSequences.joined() where item < 0 || Int(item) >= data.items.count {
                throw RankingModelError.unknown(what: "item", index: item, count: data.items.count)
            }
            for neighbor in (snapshot.crosses?.neighbors ?? []).joined()
            where !data.users.indices.contains(Int(neighbor.user)) {
                throw RankingModelError.unknown(
                    what: "user", index: neighbor.user, count: data.users.count)
            }
        }
    }
}
