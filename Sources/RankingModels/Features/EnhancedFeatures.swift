/// Feature groups that stage 4 adds to every row of a user, §2.4.
public struct EnhancedFeatures: Sendable {
    /// Product-quantized codes, `[users][M]`; empty for none.
    public let codes: [[Int]]
    /// C, the number of values of a code.
    public let codeCount: Int
    /// Items of the similar user's recent behaviours, newest first, `[users][≤ 100]`; empty for none. They
    /// must lie before the first row that is trained on or scored.
    public let similarSequences: [[Int32]]
    /// Version of the code book; empty without codes.
    public let codebook: String
    /// All behaviours of the sequences lie before this time.
    public let cutoff: Int64

    /// Either group may be empty.
    public init(
        codes: [[Int]] = [], codeCount: Int = 0, codebook: String = "", similarSequences: [[Int32]] = [],
        cutoff: Int64 = .min
    ) {
        self.codes = codes
        self.codeCount = codeCount
        self.codebook = codebook
        self.similarSequences = similarSequences
        self.cutoff = cutoff
    }

    /// Neither group: the baseline.
    public static let none = EnhancedFeatures()

    /// M.
    var codesPerUser: Int { codes.first?.count ?? 0 }

    /// - Throws: `RankingModelError.future` for a row before the end of the behaviours that are lent.
    func check(against rows: [RankingRow]) throws {
        guard !similarSequences.isEmpty else { return }
        if let place = rows.firstIndex(where: { $0.time < cutoff }) {
            throw RankingModelError.future(number: place + 1, time: rows[place].time, cutoff: cutoff)
        }
    }

    /// - Throws: `RankingModelError.future` for samples before the end of the behaviours that are lent.
    func check(against samples: RankerSamples) throws {
        guard !similarSequences.isEmpty, samples.earliest.time < cutoff else { return }
        throw RankingModelError.future(
            number: samples.earliest.row + 1, time: samples.earliest.time, cutoff: cutoff)
    }

    /// - Throws: `RankingModelError` for a group that does not have one entry a user, or an entry out of
    ///   range.
    func check(against data: RankingData) throws {
        for (name, count) in [("codes", codes.count), ("similar sequences", similarSequences.count)]
        where count != 0 && count != data.users.count {
            throw RankingModelError.features(expected: "\(data.users.count) \(name)", found: "\(count)")
        }
        for row in codes {
            guard row.count == codesPerUser, row.allSatisfy((0..<codeCount).contains) else {
                throw RankingModelError.features(
                    expected: "\(codesPerUser) codes in 0..<\(codeCount)", found: "\(row)")
            }
        }
        for item in similarSequences.joined() where item < 0 || Int(item) >= data.items.count {
            throw RankingModelError.unknown(what: "item", index: item, count: data.items.count)
        }
    }
}
